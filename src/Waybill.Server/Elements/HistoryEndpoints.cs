using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Elements;

/// <summary>What happened to one element, as far as the journal is kept: filter, page, count.</summary>
internal static class HistoryEndpoints
{
    private static readonly QueryParameter Kind = QueryParameter.Of<JournalKind>("kind", "What happened.");

    /// <summary>Which page; <c>next</c> of histories is text.</summary>
    public static IReadOnlyList<QueryParameter> Page { get; } =
    [
        QueryParameter.Page[0],
        new("after", QueryKind.Text, "The `next` of the page before.") { LengthMax = 40 },
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("elements/{id:guid}/history", ListAsync)
            .Is(ServerRole.Reader, "ListHistory", "What happened to an element and matches, oldest first.")
            .LooksAtScope()
            .Takes([Kind, new("newestFirst", QueryKind.Truth, "Whether the order is turned round."), .. Page])
            .Gives<HistoryPageAnswer>();
        group.MapGet("elements/{id:guid}/history/count", CountAsync)
            .Is(ServerRole.Reader, "CountHistory", "How much of what happened to an element matches, exactly.")
            .LooksAtScope()
            .Takes([Kind])
            .Gives<CountAnswer>();
    }

    /// <summary>A position as the <c>next</c> of an answer.</summary>
    public static string? Text(JournalPosition? next) => next is { } position
        ? string.Create(CultureInfo.InvariantCulture, $"{position.Transaction}-{position.Number}")
        : null;

    /// <summary>What <see cref="Page"/> asks for.</summary>
    /// <exception cref="Services.Http.ProblemException">It is no <c>next</c>.</exception>
    public static HistoryPageRequest PageOf(Query query) =>
        new(query.Size(), PositionOf(query.Text("after")), query.Truth("newestFirst") ?? false);

    private static async Task<IResult> ListAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        await FoundElement.FindAsync(id, site, Caller.Of(http), http.RequestAborted);
        HistoryPage page = await site.Store.Journal.HistoryAsync(
            FilterOf(id, query), PageOf(query), http.RequestAborted);
        return Answer.Ok(new HistoryPageAnswer([.. page.Items.Select(HistoryAnswer.Of)], Text(page.Next)));
    }

    private static async Task<IResult> CountAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        await FoundElement.FindAsync(id, site, Caller.Of(http), http.RequestAborted);
        return Answer.Ok(new CountAnswer(
            await site.Store.Journal.CountHistoryAsync(FilterOf(id, query), http.RequestAborted)));
    }

    private static HistoryFilter FilterOf(Guid id, Query query) =>
        new(new ElementId(id)) { Kind = query.Word<JournalKind>("kind") };

    private static JournalPosition? PositionOf(string? text)
    {
        if (text is null)
            return null;
        string[] parts = text.Split('-');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long transaction)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new JournalPosition(transaction, number)
            : throw Answer.Invalid("\"after\" is not the \"next\" of a page of this listing.");
    }
}
