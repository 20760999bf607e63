using Npgsql;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Names one line of per-key order.</summary>
internal readonly record struct LineKey(int Node, string OrderKey);

/// <summary>How a requested cancel stands.</summary>
internal enum CancelMark
{
    None = 0,
    Pending = 1,
    CarriedOut = 2,
}

/// <summary>A place row, with what its element row says about the element.</summary>
internal sealed class Place
{
    /// <summary>How many columns <see cref="Read"/> reads.</summary>
    public const int ColumnCount = 26;

    /// <summary>The columns that <see cref="Read"/> reads, of <c>place p</c> and <c>element e</c>.</summary>
    public const string Columns =
        """
        p.key, e.id, e.hop, e.node, e.caller_key, e.caller_id, e.caller_hop, e.caller_slot, p.node, p.state, p.rank,
        p.due, p.owner, p.hop, p.attempts, p.pending, p.joining, p.cancel, p.replied, p.signal, p.order_key, p.line,
        p.batch, p.leads, e.revision, p.changes
        """;

    public required long Key { get; init; }

    public required Guid Id { get; init; }

    public CallerRef? Caller { get; init; }

    /// <summary>The element's hop number. Ahead of <see cref="Hop"/> while its owner hands it on in memory.</summary>
    public int ElementHop { get; set; }

    /// <summary>Where the element is. Ahead of <see cref="Node"/> while its owner hands it on in memory.</summary>
    public required int ElementNode { get; set; }

    public required int Node { get; set; }

    public required ElementState State { get; set; }

    public int Rank { get; set; }

    public DateTime? Due { get; set; }

    public long? Owner { get; set; }

    public int Hop { get; set; }

    public int Attempts { get; set; }

    public int PendingCalls { get; set; }

    public JoinMode Join { get; set; }

    public CancelMark Cancel { get; set; }

    /// <summary>Whether it has reply rows.</summary>
    public bool HasReplies { get; set; }

    public string? AwaitedSignal { get; set; }

    public string? OrderKey { get; set; }

    public long LineNumber { get; set; }

    /// <summary>The key of the batch element that it is a member of.</summary>
    public long? Batch { get; set; }

    /// <summary>Whether it is a batch element.</summary>
    public bool Leads { get; init; }

    /// <summary>How often its data was amended where it stood.</summary>
    public int Revision { get; set; }

    /// <summary>How many change requests are marked here; cancels of the ledger are among them.</summary>
    public int Changes { get; set; }

    public LineKey? Line => OrderKey is null ? null : new LineKey(Node, OrderKey);

    /// <summary>Whether it is an element that nobody owns, at a hop and revision.</summary>
    public bool IsAt(ElementId id, int hop, int revision) =>
        Id == id.Value && State != ElementState.Owned && ElementHop == hop && Revision == revision;

    public static Place Read(NpgsqlDataReader row) => new()
    {
        Key = row.GetInt64(0),
        Id = row.GetGuid(1),
        ElementHop = row.GetInt32(2),
        ElementNode = row.GetInt32(3),
        Caller = ReadCaller(row, 4),
        Node = row.GetInt32(8),
        State = (ElementState)row.GetInt16(9),
        Rank = row.GetInt32(10),
        Due = row.IsDBNull(11) ? null : row.GetDateTime(11),
        Owner = row.IsDBNull(12) ? null : row.GetInt64(12),
        Hop = row.GetInt32(13),
        Attempts = row.GetInt32(14),
        PendingCalls = row.GetInt32(15),
        Join = (JoinMode)row.GetInt16(16),
        Cancel = (CancelMark)row.GetInt16(17),
        HasReplies = row.GetBoolean(18),
        AwaitedSignal = row.IsDBNull(19) ? null : row.GetString(19),
        OrderKey = row.IsDBNull(20) ? null : row.GetString(20),
        LineNumber = row.GetInt64(21),
        Batch = row.IsDBNull(22) ? null : row.GetInt64(22),
        Leads = row.GetBoolean(23),
        Revision = row.GetInt32(24),
        Changes = row.GetInt32(25),
    };

    /// <summary>Reads key, id, hop and slot of a caller from four columns.</summary>
    public static CallerRef? ReadCaller(NpgsqlDataReader row, int first) => row.IsDBNull(first)
        ? null
        : new CallerRef(
            row.GetInt64(first), new ElementId(row.GetGuid(first + 1)), row.GetInt32(first + 2),
            row.GetInt32(first + 3));
}
