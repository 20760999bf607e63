using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Waybill.Server.Wire;

/// <summary>What endpoints answer with.</summary>
internal static class Answer
{
    /// <summary>
    /// As bodies are read, but deeper: an element's data, which may be as deep as it likes, stands within an answer.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = new(StrictJson.Options) { MaxDepth = 1000 };

    public static IResult Ok<T>(T value) => Results.Json(value, Options);

    public static IResult Of<T>(T value, int status) => Results.Json(value, Options, statusCode: status);

    /// <summary>Stored JSON as a part of an answer, its secrets masked; null for none.</summary>
    public static JsonElement? Data(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.IsEmpty)
            return null;
        using JsonDocument read = JsonDocument.Parse(
            SecretDesk.Masked(utf8Json), new JsonDocumentOptions { MaxDepth = 900 });
        return read.RootElement.Clone();
    }

    public static JsonElement? Data(string? json) =>
        json is null ? null : Data(System.Text.Encoding.UTF8.GetBytes(json));

    public static ProblemException NotFound(string detail) => new(ProblemType.NotFound, detail);

    public static ProblemException Invalid(string detail) => new(ProblemType.InvalidInput, detail);

    /// <summary>What a desk calls its caller's mistake, without the name of its own parameter.</summary>
    public static ProblemException Invalid(ArgumentException mistake)
    {
        int end = mistake.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        string detail = end < 0 ? mistake.Message : mistake.Message[..end];
        return new ProblemException(ProblemType.InvalidInput, detail, mistake);
    }
}

/// <summary>One page of a listing.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; left out when this was the last.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items, long? Next)
{
    public static Listing<T> Of<TFrom>(Page<TFrom> page, Func<TFrom, T> show) =>
        new([.. page.Items.Select(show)], page.Next);
}

/// <summary>How many match.</summary>
internal sealed record CountAnswer(long Count);

/// <summary>A node's address.</summary>
internal sealed record AddressAnswer(string Workflow, int Version, string Node)
{
    public static AddressAnswer Of(NodeAddress node) => new(node.Workflow, node.Version, node.Node);
}

/// <summary>Why an act is asked for, where nothing else is.</summary>
/// <param name="Reason">Why; kept in the journal, the ledger or the audit trail.</param>
internal sealed record ReasonBody(string? Reason = null);
