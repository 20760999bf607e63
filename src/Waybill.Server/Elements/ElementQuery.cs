using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Elements;

/// <summary>The filter of elements as a query.</summary>
internal static class ElementQuery
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("workflow", QueryKind.Text, "The workflow's name."),
        new("version", QueryKind.Number, "The workflow's version."),
        new("node", QueryKind.Text, "The node's name."),
        QueryParameter.Of<ElementState>("state", "What it is doing."),
        new("key", QueryKind.Text, "The whole business key."),
        new("caller", QueryKind.Id, "The element that called it."),
        new("batch", QueryKind.Id, "The batch that it is a member of."),
        new("acceptedBefore", QueryKind.Instant, "Accepted before this instant."),
    ];

    public static ElementFilter Of(Query query, Caller caller) => new()
    {
        Workflow = caller.Narrowed(query.Text("workflow")),
        Version = query.Int("version"),
        Node = query.Text("node"),
        State = query.Word<ElementState>("state"),
        BusinessKey = query.Text("key"),
        Caller = query.Id("caller") is { } called ? new ElementId(called) : null,
        Batch = query.Id("batch") is { } batch ? new ElementId(batch) : null,
        AcceptedBefore = query.Instant("acceptedBefore"),
    };
}
