using Waybill.Crash.Child;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>One row that an element's journal must have, retries left out.</summary>
internal sealed record Stop(JournalKind Kind, string Node);

/// <summary>The ways that elements must go.</summary>
internal static class Journeys
{
    public static IReadOnlyList<Stop> OfLeg { get; } =
    [
        new(JournalKind.Accepted, "walk"),
        new(JournalKind.Moved, "arrive"),
        new(JournalKind.Finished, "arrive"),
    ];

    public static IReadOnlyList<Stop> OfWave { get; } =
    [
        new(JournalKind.Released, "form"),
        new(JournalKind.Moved, "sail"),
        new(JournalKind.Finished, "sail"),
    ];

    public static IReadOnlyList<Stop> Of(Parcel parcel) =>
    [
        new(JournalKind.Accepted, "lane"),
        new(JournalKind.Moved, "stamp"),
        new(JournalKind.Moved, "weigh"),
        new(JournalKind.Moved, "sort"),
        .. Middle(parcel.Way),
        new(JournalKind.Moved, "close"),
        new(JournalKind.Finished, "close"),
    ];

    private static Stop[] Middle(Way way) => way switch
    {
        Way.Fork or Way.Call => [new(JournalKind.Called, "merge"), new(JournalKind.Returned, "merge")],
        Way.Rest => [new(JournalKind.Waits, "rest")],
        Way.Gate => [new(JournalKind.Waits, "gate"), new(JournalKind.Signalled, "gate")],
        Way.Wave =>
        [
            new(JournalKind.Moved, "dock"), new(JournalKind.Batched, "load"), new(JournalKind.Returned, "load"),
        ],
        _ => [],
    };
}
