using System.Text.Json;

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

    /// <summary>
    /// What is wrong with JSON that came from outside, in words for whoever sent it: without the names of types here,
    /// and without a position in a line, which means nothing to who sent a value.
    /// </summary>
    /// <param name="error">As reading it threw.</param>
    public static string ReasonOf(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        int end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        string reason = end < 0 ? error.Message : error.Message[..end];
        if (reason.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            return "The value is not of the kind that belongs there.";
        if (Between(reason, "The JSON property '", "' could not be mapped") is { } unknown)
            return $"Member \"{unknown}\" is not known there.";
        if (Between(reason, "Duplicate property '", "' encountered") is { } doubled)
            return $"Member \"{doubled}\" is given twice.";
        if (Between(reason, "was missing required properties including: ", ".") is { } missing)
            return $"Missing are {missing}.";
        return Between(reason, " '", "' on type '") is { } empty ? $"Member \"{empty}\" cannot be null." : reason;
    }

    private static string? Between(string text, string before, string after)
    {
        int begin = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        int end = text.LastIndexOf(after, StringComparison.Ordinal);
        return begin >= before.Length && end >= begin ? text[begin..end] : null;
    }
}
