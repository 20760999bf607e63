using System.Runtime.InteropServices;
using System.Text.Json;
using Waybill.Definition;

namespace Waybill.Engine.Remote;

/// <summary>Makes a route of what a remote worker brought, or says why it cannot be one.</summary>
internal sealed class RemoteRoutes(SiteDefinition site)
{
    private const int TextLengthMax = 4000;
    private const double SecondsMax = 10 * 365.25 * 24 * 60 * 60;

    /// <param name="run">The run that it ends.</param>
    /// <param name="brought">What the worker brought.</param>
    /// <exception cref="RouteException">It cannot be carried out; the message is for the worker.</exception>
    public Route Read(RemoteRun run, RemoteRoute brought)
    {
        PlacedNode node = run.Queue.Node;
        Route route = brought switch
        {
            { To: { } to, Finish: null, Fail: null } => ReadOnward(run, node, to, brought),
            { To: null } when HasOnwardMember(brought) => throw Malformed(
                "data, waitSeconds, waitUntil, signal and calls go with \"to\", the node where the element goes on"),
            { To: null, Finish: { } result, Fail: null } => ReadFinish(node, result),
            { To: null, Finish: null, Fail: { } reason } => Route.Fail(Text(reason, "fail")),
            _ => throw Malformed("exactly one of \"to\", \"finish\" and \"fail\" says where the element goes"),
        };
        return brought.Milestone is { } milestone ? Noting(route, milestone) : route;
    }

    private static bool HasOnwardMember(RemoteRoute brought) =>
        brought is not { Data: null, WaitSeconds: null, WaitUntil: null, Signal: null, Calls: null };

    private OnwardRoute ReadOnward(RemoteRun run, PlacedNode node, string to, RemoteRoute brought)
    {
        Node target = node.Workflow.Parts.Nodes.Select(definition => definition.Node).FirstOrDefault(n => n.Name == to)
            ?? throw Malformed($"workflow {node.Workflow} has no node \"{to}\"; it goes to {Exits(node)}");
        if (brought.Data is not { } data)
            throw Malformed("\"to\" needs \"data\", the whole data that the element carries from now on");
        ReadOnlyMemory<byte> given = target.DataType == node.Definition.Node.DataType && run.HasUnknownMembers
            ? run.Data
            : default;
        object value = Exact(target.DataType, data, $"data for \"{target}\"", given);

        OnwardRoute route = brought switch
        {
            { Calls: { } calls, Signal: null, WaitSeconds: null, WaitUntil: null } =>
                new CallsRoute([.. ReadCalls(node, target, calls)], brought.Join, target, value),
            { Calls: null, Signal: { } signal, WaitSeconds: null } =>
                new SignalRoute(signal, target, value, brought.WaitUntil),
            { Calls: null, Signal: null, WaitSeconds: { } seconds, WaitUntil: null } =>
                new WaitRoute(target, value, null, Span(seconds)),
            { Calls: null, Signal: null, WaitSeconds: null, WaitUntil: { } until } =>
                new WaitRoute(target, value, until, null),
            { Calls: null, Signal: null, WaitSeconds: null, WaitUntil: null } => new ToRoute(target, value),
            _ => throw Malformed("of waitSeconds, waitUntil, signal and calls only one can be given, "
                + "except waitUntil with signal"),
        };
        ExitCheck.Onward(node, route);
        return route;
    }

    private IEnumerable<Call> ReadCalls(PlacedNode node, Node joinAt, IReadOnlyList<RemoteCall> calls)
    {
        if (calls.Count is < 1 or > CallsRoute.CallsMax || calls.Contains(null!))
            throw Malformed($"\"calls\" names 1 to {CallsRoute.CallsMax} workflows, none of them null");
        foreach (RemoteCall call in calls)
        {
            DeclaredCall[] meant = [.. node.Definition.Calls.Where(declared =>
                declared.ResumesAt.Name == joinAt.Name
                && declared.Workflow.Name == call.Workflow
                && (call.Version is null || declared.Workflow.Version == call.Version))];
            if (meant.Length != 1)
            {
                throw new RouteException(
                    "waybill.undeclared-exit",
                    $"Node \"{node.Address}\" declares {meant.Length} workflows \"{call.Workflow}\""
                    + $"{(call.Version is null ? "" : $" of version {call.Version}")} that it may call and go on at "
                    + $"\"{joinAt}\". Name one: {node.Address.Node} goes to {Exits(node)}.");
            }

            Workflow workflow = meant[0].Workflow;
            object input = Exact(workflow.InputType, call.Input, $"input of {workflow}");
            yield return new DataCall(workflow, input, Key(call.Key));
        }
    }

    private FinishRoute ReadFinish(PlacedNode node, JsonElement result)
    {
        ExitCheck.Finish(node, node.Workflow.ResultType);
        Type type = node.Workflow.ResultType;
        return new FinishRoute(Exact(type, result, $"result of {node.Workflow}"), type);
    }

    private object Exact(Type type, JsonElement data, string what, ReadOnlyMemory<byte> given = default)
    {
        ReadOnlySpan<byte> json = JsonMarshal.GetRawUtf8Value(data);
        if (json.Length > site.Options.DataMaxBytes)
        {
            throw new RouteException(
                "waybill.data-too-large",
                $"The {what} is {json.Length:N0} bytes, the limit is {site.Options.DataMaxBytes:N0}. Keep large parts "
                + "elsewhere and carry a reference.");
        }

        try
        {
            return given.IsEmpty
                ? site.Codecs.Input.Read(type, json, what)
                : site.Codecs.Input.ReadBack(type, json, given.Span, what);
        }
        catch (Exception error) when (error is InputException or ArgumentException or FormatException)
        {
            throw new RouteException("waybill.data-unreadable", error.Message);
        }
    }

    private static Route Noting(Route route, RemoteMilestone milestone)
    {
        string text = Text(milestone.Text, "milestone");
        return milestone.Data is { } data ? route.Noting(text, data) : route.Noting(text);
    }

    private static string Text(string? text, string member) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= TextLengthMax
            ? text
            : throw Malformed($"\"{member}\" is a text of 1 to {TextLengthMax} characters");

    private static TimeSpan Span(double seconds) => seconds is >= 0 and <= SecondsMax
        ? TimeSpan.FromSeconds(seconds)
        : throw Malformed($"\"waitSeconds\" is a number from 0 to {SecondsMax:0}");

    private static string? Key(string? key)
    {
        try
        {
            return key is null ? null : Names.CheckedBusinessKey(key);
        }
        catch (ArgumentException bad)
        {
            throw Malformed(bad.Message);
        }
    }

    private static string Exits(PlacedNode node)
    {
        IEnumerable<string> names = node.Definition.Successors.Select(next => $"\"{next.Name}\"");
        return string.Join(", ", node.Definition.MayFinish ? names.Append("finish") : names);
    }

    private static RouteException Malformed(string what) => new("waybill.no-route", $"This is no route: {what}.");

    /// <summary>A call whose types are known only here.</summary>
    private sealed record DataCall(Workflow Called, object Data, string? Key) : Call(Called, Data, Key);
}
