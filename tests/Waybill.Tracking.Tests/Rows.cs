using Waybill.Stores;

namespace Waybill.Tracking.Tests;

/// <summary>Rows of a journal that a test makes up.</summary>
public sealed class Rows
{
    public static readonly NodeAddress First = new("orders", 1, "first");
    public static readonly NodeAddress Second = new("orders", 1, "second");

    private readonly List<JournalEntry> pending = [];
    private long transaction;
    private JournalPosition applied;

    public DateTimeOffset Now { get; set; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static ElementId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public Rows Accepted(ElementId id, string key, ElementId? caller = null, string? facts = null) => Add(
        JournalKind.Accepted, id, 0, First, detail: caller is null
            ? $$"""{"key":"{{key}}"}"""
            : $$"""{"key":"{{key}}","caller":"{{caller}}","call":0}""",
        facts: facts);

    public Rows Add(
        JournalKind kind, ElementId id, int hop, NodeAddress node, TimeSpan worked = default, string? detail = null,
        string? facts = null)
    {
        JournalPosition position = new(++transaction, 1);
        JournalEntry entry = new(position, Now, kind, id, hop, node, worked, detail);
        pending.Add(entry with { Facts = facts });
        return this;
    }

    /// <summary>The pending rows as a pass.</summary>
    public TrackingPass Pass() => new("shop", applied, [.. pending]);

    public async Task ApplyAsync(TrackingStore store)
    {
        TrackingPass pass = Pass();
        Assert.True(await store.ApplyAsync(pass, CancellationToken.None));
        Forget(pass);
    }

    /// <summary>The pass was taken in.</summary>
    public void Forget(TrackingPass pass)
    {
        applied = pass.To;
        pending.Clear();
    }
}
