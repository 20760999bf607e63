using System.Data.Common;
using System.Text;
using Waybill.Tracking.Folding;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Reading;

/// <summary>An element as it was read, with the store's own numbers.</summary>
internal sealed record FoundElement(
    long Key, long Root, long? Parent, long? Subject, byte[]? Personal, bool IsNoteOnly, TrackedElement Element);

/// <summary>Reads elements from a shelf.</summary>
internal static class ElementReading
{
    public const string From =
        "from waybill.element e join waybill.node n on n.id = e.node join waybill.site s on s.id = e.site";

    private const string Select =
        "select e.key, e.root, e.parent, e.id, s.name, e.business_key, n.workflow, n.version, n.name, e.state, e.hop, "
        + "e.since, e.arrived_at, e.accepted_at, e.ending, e.ended_at, e.batch, e.subject, e.attributes, e.personal, "
        + "(select p.id from waybill.element p where p.key = e.parent), "
        + $"(select r.id from waybill.element r where r.key = e.root) {From}";

    /// <summary>Reads what meets a condition, in the order of keys.</summary>
    public static Task<List<FoundElement>> FindAsync(this Shelf shelf, Condition condition, int? max = null) =>
        shelf.ReadAsync(
            $"{Select} where {shelf.Visible} and {condition.Text} order by e.key"
            + (max is { } limit ? FormattableString.Invariant($" limit {limit}") : ""),
            row => Read(row, shelf.IsArchive),
            condition.Arguments);

    /// <summary>How many meet a condition.</summary>
    public static async Task<long> CountAsync(this Shelf shelf, Condition condition) =>
        (await shelf.ReadAsync(
            $"select count(*) {From} where {shelf.Visible} and {condition.Text}",
            row => row.GetInt64(0),
            condition.Arguments))[0];

    /// <summary>Opens what is sealed, with the keys that are left.</summary>
    public static async Task<List<TrackedElement>> OpenAsync(
        this SubjectKeys keys, IEnumerable<FoundElement> found)
    {
        List<TrackedElement> opened = [];
        foreach (FoundElement one in found)
        {
            opened.Add(one.Personal is not { } closed ? one.Element
                : await keys.FindAsync(one.Subject) is { } key
                    ? one.Element with { Personal = Encoding.UTF8.GetString(Seal.Open(key, one.Element.Id, closed)) }
                    : one.Element with { IsErased = true });
        }

        return opened;
    }

    private static FoundElement Read(DbDataReader row, bool isArchive)
    {
        int? ending = row.IsDBNull(14) ? null : row.GetInt32(14);
        ElementId id = row.Id(3);
        return new FoundElement(
            row.GetInt64(0), row.GetInt64(1), row.OptionalLong(2), row.OptionalLong(17), row.OptionalBytes(19),
            ending == Fold.UnknownEnding,
            new TrackedElement
            {
                Id = id,
                Site = row.GetString(4),
                BusinessKey = row.GetString(5),
                Node = new NodeAddress(row.GetString(6), row.GetInt32(7), row.GetString(8)),
                State = (TrackedState)row.GetInt32(9),
                Hop = row.GetInt32(10),
                Since = row.GetInt64(11).ToTime(),
                ArrivedAt = row.GetInt64(12).ToTime(),
                AcceptedAt = row.GetInt64(13).ToTime(),
                Ending = ending == Fold.UnknownEnding ? null : (Ending?)ending,
                EndedAt = row.OptionalLong(15)?.ToTime(),
                Batch = row.OptionalId(16),
                Attributes = row.OptionalText(18),
                Caller = row.OptionalId(20),
                Root = row.OptionalId(21) ?? id,
                IsArchived = isArchive,
            });
    }
}

/// <summary>The keys of subjects, each read once; they stand in tracking, also for what is in the warehouse.</summary>
internal sealed class SubjectKeys(Shelf tracking)
{
    private readonly Dictionary<long, byte[]?> known = [];

    public async Task<byte[]?> FindAsync(long? subject)
    {
        if (subject is not { } number)
            return null;
        if (!known.TryGetValue(number, out byte[]? key))
        {
            key = (await tracking.ReadAsync(
                "select key from waybill.subject where id = @id", row => row.Bytes(0), ("@id", number)))
                .SingleOrDefault();
            known.Add(number, key);
        }

        return key;
    }
}
