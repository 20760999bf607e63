namespace Waybill.Services.Calling;

/// <summary>What became of one attempt.</summary>
/// <param name="Value">The result, when there is no error.</param>
/// <param name="Error">What the caller is told: a refusal or a failed call.</param>
/// <param name="Verdict">What it says about the endpoint.</param>
/// <param name="RetryAfter">When the endpoint wants to be asked again.</param>
internal sealed record Answer(object? Value, Exception? Error, Verdict Verdict, TimeSpan? RetryAfter = null)
{
    public bool MayBeRetried => Verdict is Verdict.Broken or Verdict.Busy or Verdict.Underway;
}

/// <summary>What an attempt says about the endpoint that was asked.</summary>
internal enum Verdict
{
    /// <summary>It does its work, whatever it answered.</summary>
    Sound,

    /// <summary>It could not be reached, or failed by itself.</summary>
    Broken,

    /// <summary>It has too much to do.</summary>
    Busy,

    /// <summary>An earlier attempt of the same call is being carried out, there or at a peer.</summary>
    Underway,

    /// <summary>Another service that it needs has failed; to try again here would only add to that.</summary>
    Dependent,
}
