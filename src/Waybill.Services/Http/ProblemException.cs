namespace Waybill.Services.Http;

/// <summary>
/// A request cannot be carried out, for a reason that its client is told: <see cref="Problems.UseProblems"/> does.
/// </summary>
/// <param name="type">The kind of problem.</param>
/// <param name="detail">What, which one, why, and what to do; it goes to the client, so it holds no secrets.</param>
/// <param name="cause">What led to it; never shown to the client.</param>
public sealed class ProblemException(ProblemType type, string detail, Exception? cause = null)
    : Exception(detail, cause)
{
    /// <summary>The kind of problem.</summary>
    public ProblemType Type { get; } = type;

    /// <summary>
    /// For programs: which of the service's own reasons it was, in kebab case; null (the default) for none.
    /// </summary>
    public string? Code { get; init; }

    /// <summary>After how long it is worth trying again; null (the default) to say nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
