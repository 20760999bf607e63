using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Held;

/// <summary>Aggregation queues: what is held, in rows and groups.</summary>
internal static class HeldEndpoints
{
    public const string Queue = "held/{workflow}/{version:int}/{node}";

    private static readonly IReadOnlyList<QueryParameter> Filter =
    [
        new("group", QueryKind.Text, "The whole group key."),
        new("heldBefore", QueryKind.Instant, "Held before this instant."),
        new("where", QueryKind.Texts, "Conditions on columns, `column:comparison:value`, such as `grams:less:500`."),
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("held", QueuesAsync)
            .Is(ServerRole.Reader, "ListHeldQueues", "The aggregation queues, with their columns and depths.")
            .LooksAtScope()
            .Gives<Listing<HeldQueueAnswer>>();
        group.MapGet($"{Queue}/rows", RowsAsync)
            .Is(ServerRole.Reader, "ListHeld", "What is held and matches, those held longest first or sorted.")
            .Takes([
                .. Filter,
                new("sortBy", QueryKind.Text, "The column to sort by."),
                new("descending", QueryKind.Truth, "Whether the order is turned round."),
                QueryParameter.Page[0],
                // It holds a value of up to 200 characters, each of which may be written as six, in hexadecimal digits.
                new("after", QueryKind.Text, "The `next` of the page before.") { LengthMax = 4000 },
            ])
            .Gives<HeldPageAnswer>();
        group.MapGet($"{Queue}/count", CountAsync)
            .Is(ServerRole.Reader, "CountHeld", "How much of what is held matches, exactly.")
            .Takes(Filter)
            .Gives<CountAnswer>();
        group.MapGet($"{Queue}/groups", GroupsAsync)
            .Is(ServerRole.Reader, "GroupHeld", "What is held and matches in groups, the largest first.")
            .Takes([
                .. Filter,
                new("by", QueryKind.Texts, "Columns to group by, or `group`; default: `group`."),
                new("sum", QueryKind.Texts, "Columns of numbers to sum."),
            ])
            .Gives<Listing<HeldGroupAnswer>>();
        HeldActs.Map(group);
    }

    /// <exception cref="Services.Http.ProblemException">There is no such queue.</exception>
    public static HeldDesk Desk(SiteClient site, string workflow, int version, string node)
    {
        NodeAddress queue = new(workflow, version, node);
        return site.HeldQueues.Contains(queue)
            ? site.Held(queue)
            : throw Answer.NotFound($"{queue} is no aggregation queue of this site; GET /v1/held lists them.");
    }

    private static async Task<IResult> QueuesAsync(HttpContext http, SiteClient site)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        List<HeldQueueAnswer> queues = [];
        foreach (NodeAddress queue in site.HeldQueues.Where(queue => caller.Reaches(queue.Workflow)))
        {
            HeldDesk desk = site.Held(queue);
            queues.Add(new HeldQueueAnswer(
                queue.Workflow, queue.Version, queue.Node, await desk.CountAsync(null, http.RequestAborted),
                [.. desk.Columns.Select(column => new HeldColumnAnswer(column.Name, column.Type))]));
        }

        return Answer.Ok(new Listing<HeldQueueAnswer>(queues, null));
    }

    private static async Task<IResult> RowsAsync(
        string workflow, int version, string node, HttpContext http, SiteClient site)
    {
        HeldDesk desk = Desk(site, workflow, version, node);
        Query query = Query.Of(http);
        string? sortBy = query.Text("sortBy");
        if (sortBy is not null)
            HeldColumns.TypeOf(desk, sortBy);
        HeldPageRequest page = new(
            query.Size(), sortBy, query.Truth("descending") ?? false, HeldColumns.Cursor(query.Text("after")));
        try
        {
            HeldPage found = await desk.ListAsync(FilterOf(query, desk), page, http.RequestAborted);
            return Answer.Ok(new HeldPageAnswer(
                [.. found.Items.Select(element => HeldRowAnswer.Of(element, desk.Columns))],
                HeldColumns.Cursor(found.Next)));
        }
        catch (HeldQueryException wrong)
        {
            throw Answer.Invalid(wrong.Message);
        }
    }

    private static async Task<IResult> CountAsync(
        string workflow, int version, string node, HttpContext http, SiteClient site)
    {
        HeldDesk desk = Desk(site, workflow, version, node);
        HeldFilter filter = FilterOf(Query.Of(http), desk);
        try
        {
            return Answer.Ok(new CountAnswer(await desk.CountAsync(filter, http.RequestAborted)));
        }
        catch (HeldQueryException wrong)
        {
            throw Answer.Invalid(wrong.Message);
        }
    }

    private static async Task<IResult> GroupsAsync(
        string workflow, int version, string node, HttpContext http, SiteClient site)
    {
        HeldDesk desk = Desk(site, workflow, version, node);
        Query query = Query.Of(http);
        string[] by = query.Texts("by") is { Count: > 0 } asked ? [.. asked.Distinct()] : [HeldQuery.GroupKey];
        string[] sums = [.. query.Texts("sum").Distinct()];
        if (by.Length > 8 || sums.Length > 16)
            throw Answer.Invalid("At most 8 columns can be grouped by, and 16 summed.");
        HeldQuery question = new()
        {
            Filter = FilterOf(query, desk),
            GroupBy = by,
            Measures = [.. sums.Select(column => new HeldMeasure(column, HeldFunction.Sum))],
        };
        try
        {
            IReadOnlyList<HeldGroup> groups = await desk.GroupAsync(question, http.RequestAborted);
            return Answer.Ok(new Listing<HeldGroupAnswer>(
                [
                    .. groups.Select(found => new HeldGroupAnswer(
                        Named(by, found.Keys), found.Count, found.OldestAt, Named(sums, found.Measures))),
                ],
                null));
        }
        catch (HeldQueryException wrong)
        {
            throw Answer.Invalid(wrong.Message);
        }
    }

    private static Dictionary<string, object?> Named(string[] names, IReadOnlyList<HeldValue> values) =>
        names.Zip(values).ToDictionary(pair => pair.First, pair => HeldColumns.Shown(pair.Second));

    private static HeldFilter FilterOf(Query query, HeldDesk desk)
    {
        IReadOnlyList<string> where = query.Texts("where");
        return where.Count > 16
            ? throw Answer.Invalid("A filter has at most 16 conditions.")
            : new HeldFilter
            {
                Group = query.Text("group"),
                HeldBefore = query.Instant("heldBefore"),
                Where = [.. where.Select(text => HeldColumns.Condition(desk, text))],
            };
    }
}
