using System.Buffers;
using Waybill.Sqlite.Native;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Sqlite;

/// <summary>Elements with their histories and attributes.</summary>
internal sealed class ElementTable
{
    /// <summary>The columns that the warehouse has, too.</summary>
    public const string KeptColumns =
        "key, id, site, root, parent, business_key, node, state, hop, since, arrived_at, accepted_at, "
        + "ending, ended_at, batch, subject, attributes, personal";

    private const string Columns =
        "key, id, site, root, parent, business_key, node, state, hop, since, arrived_at, accepted_at, "
        + "ending, ended_at, batch, is_hidden, open, parts, subject, attributes, personal";

    private readonly Database database;
    private readonly Statement find;
    private readonly Statement get;
    private readonly Statement insert;
    private readonly Statement update;
    private readonly Statement addHistory;
    private readonly Statement addAttribute;
    private readonly Statement removeAttribute;
    private readonly Statement noteFinished;
    private readonly ArrayBufferWriter<byte> steps = new();
    private long lastKey;

    public ElementTable(Database database)
    {
        this.database = database;
        find = database.Keep($"SELECT {Columns} FROM element WHERE id = ?1");
        get = database.Keep($"SELECT {Columns} FROM element WHERE key = ?1");
        insert = database.Keep(
            $"INSERT INTO element ({Columns}) VALUES "
            + "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)");
        update = database.Keep(
            "UPDATE element SET business_key = ?6, node = ?7, state = ?8, hop = ?9, since = ?10, arrived_at = ?11, "
            + "accepted_at = ?12, ending = ?13, ended_at = ?14, batch = ?15, is_hidden = ?16, open = ?17, parts = ?18, "
            + "subject = ?19, attributes = ?20, personal = ?21 WHERE key = ?1");
        addHistory = database.Keep("INSERT INTO history (element, part, steps) VALUES (?1, ?2, ?3)");
        addAttribute = database.Keep("INSERT OR IGNORE INTO attribute (name, value, element) VALUES (?1, ?2, ?3)");
        removeAttribute = database.Keep("DELETE FROM attribute WHERE name = ?1 AND value = ?2 AND element = ?3");
        noteFinished = database.Keep("INSERT OR REPLACE INTO finished (root, at) VALUES (?1, ?2)");
        Reload();
    }

    /// <summary>Looks up the last key given; keys are never given twice, also when their rows were moved.</summary>
    public void Reload() => lastKey = database.ReadNumber(
        "SELECT max(coalesce((SELECT max(key) FROM element), 0), (SELECT last_key FROM warehouse))");

    public long NextKey() => ++lastKey;

    public TrackedRow? Find(ElementId id) => Read(find.Bind(1, id));

    public TrackedRow? Get(long key) => Read(get.Bind(1, key));

    public void Write(TrackedRow row)
    {
        if (row.Added.Count > 0)
        {
            steps.ResetWrittenCount();
            Notes.Write(row.Added, steps);
            addHistory.Bind(1, row.Key).Bind(2, row.Parts++).BindText(3, steps.WrittenSpan).Run();
        }

        Statement write = row.IsNew ? insert : update;
        write.Bind(1, row.Key);
        if (row.IsNew)
            write.Bind(2, row.Id).Bind(3, row.Site).Bind(4, row.Root).Bind(5, row.Parent);
        write.Bind(6, row.BusinessKey).Bind(7, row.Node).Bind(8, (long)row.State).Bind(9, row.Hop).Bind(10, row.Since)
            .Bind(11, row.ArrivedAt).Bind(12, row.AcceptedAt).Bind(13, (long?)row.Ending).Bind(14, row.EndedAt)
            .Bind(15, row.Batch).Bind(16, row.IsHidden ? 1 : 0).Bind(17, row.Open).Bind(18, row.Parts)
            .Bind(19, row.Subject).Bind(20, row.Attributes);
        if (row.Personal is { } personal)
            write.BindBlob(21, personal);
        else
            write.BindNull(21);
        write.Run();
        if (row.HasNewAttributes)
            ReplaceAttributes(row);
    }

    /// <summary>Has families moved to the warehouse, some time.</summary>
    public void NoteFinished(Dictionary<long, long> roots)
    {
        foreach ((long root, long at) in roots)
            noteFinished.Bind(1, root).Bind(2, at).Run();
    }

    private void ReplaceAttributes(TrackedRow row)
    {
        foreach ((string name, string value) in Attributes.Searchable(row.ReplacedAttributes))
            removeAttribute.Bind(1, name).Bind(2, value).Bind(3, row.Key).Run();
        foreach ((string name, string value) in Attributes.Searchable(row.Attributes))
            addAttribute.Bind(1, name).Bind(2, value).Bind(3, row.Key).Run();
    }

    private static TrackedRow? Read(Statement found)
    {
        if (!found.Read())
            return null;
        int node = found.Int(6);
        TrackedState state = (TrackedState)found.Int(7);
        long? ending = found.OptionalLong(12);
        TrackedRow row = new()
        {
            Key = found.Long(0),
            Id = found.Id(1),
            Site = found.Int(2),
            Root = found.Long(3),
            Parent = found.OptionalLong(4),
            BusinessKey = found.Text(5),
            Node = node,
            State = state,
            Hop = found.Int(8),
            Since = found.Long(9),
            ArrivedAt = found.Long(10),
            AcceptedAt = found.Long(11),
            Ending = (int?)ending,
            EndedAt = found.OptionalLong(13),
            Batch = found.OptionalId(14),
            IsHidden = found.Int(15) != 0,
            Open = found.Int(16),
            Parts = found.Int(17),
            Subject = found.OptionalLong(18),
            Attributes = found.OptionalText(19),
            Personal = found.IsNull(20) ? null : found.Bytes(20),
            CountedAt = ending is null ? (node, state) : null,
        };
        found.Reset();
        return row;
    }
}
