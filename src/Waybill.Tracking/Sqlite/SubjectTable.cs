using Waybill.Sqlite.Native;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Sqlite;

/// <summary>Subjects of personal data and their keys.</summary>
internal sealed class SubjectTable(Database database)
{
    private readonly Statement find = database.Keep("SELECT id, key FROM subject WHERE name = ?1");
    private readonly Statement get = database.Keep("SELECT key FROM subject WHERE id = ?1");
    private readonly Statement add =
        database.Keep("INSERT INTO subject (name, key) VALUES (?1, ?2) RETURNING id");

    private readonly Statement overwrite = database.Keep("UPDATE subject SET key = zeroblob(32) WHERE name = ?1");
    private readonly Statement remove = database.Keep("DELETE FROM subject WHERE name = ?1");

    public SubjectKey Of(string name)
    {
        if (find.Bind(1, name).Read())
        {
            SubjectKey known = new(find.Long(0), find.Bytes(1));
            find.Reset();
            return known;
        }

        byte[] key = SubjectKey.NewKey();
        add.Bind(1, name).BindBlob(2, key).Read();
        SubjectKey made = new(add.Long(0), key);
        add.Reset();
        return made;
    }

    public byte[]? KeyOf(long number)
    {
        if (!get.Bind(1, number).Read())
            return null;
        byte[] key = get.Bytes(0);
        get.Reset();
        return key;
    }

    /// <summary>Writes over the key where it stands, then removes it.</summary>
    public bool Destroy(string name)
    {
        overwrite.Bind(1, name).Run();
        return remove.Bind(1, name).Run() > 0;
    }
}
