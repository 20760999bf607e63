namespace Waybill.Engine.Remote;

/// <summary>A remote worker said that its run failed, or said nothing until its lease had lapsed.</summary>
internal sealed class RemoteFailureException(string type, string message, string? details, bool isFinal)
    : Exception(message)
{
    private const int TypeLengthMax = 200;
    private const int MessageLengthMax = 4000;

    /// <summary>What failures are grouped by.</summary>
    public string Type { get; } = type;

    /// <summary>What the worker said of it.</summary>
    public string? Details { get; } = details;

    /// <summary>Whether no retry can mend it.</summary>
    public bool IsFinal { get; } = isFinal;

    // A worker in trouble is not refused for saying too much of it, or too little.
    public static RemoteFailureException Of(RemoteFailure failure) => new(
        string.IsNullOrWhiteSpace(failure.Type) ? "remote.failed" : Cut(failure.Type, TypeLengthMax),
        string.IsNullOrWhiteSpace(failure.Message) ? "no reason given" : Cut(failure.Message, MessageLengthMax),
        failure.Details,
        isFinal: !failure.Retry);

    public static RemoteFailureException Lapsed(string worker, TimeSpan lease) => new(
        "waybill.lease-lapsed",
        $"Remote worker \"{worker}\" was not heard of for {lease}, the lease of its run.",
        null,
        isFinal: false);

    private static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];
}
