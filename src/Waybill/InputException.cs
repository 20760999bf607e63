namespace Waybill;

/// <summary>
/// JSON that came from outside cannot be read as what is asked for: a member is unknown, missing, given twice, null or
/// of another type, or it is not JSON. Nothing was written.
/// </summary>
public sealed class InputException : Exception
{
    internal InputException(string message, string? path)
        : base(message) => Path = path;

    /// <summary>Where, for example <c>$.lines[0].sku</c>; null when the reader cannot tell.</summary>
    public string? Path { get; }
}
