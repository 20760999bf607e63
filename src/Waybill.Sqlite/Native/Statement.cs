using System.Text;
using SQLitePCL;
using Waybill.Stores;
using static SQLitePCL.raw;

namespace Waybill.Sqlite.Native;

/// <summary>
/// A prepared statement. Parameters are numbered from 1 and columns from 0. Every way out of a run resets it: a
/// statement that is left standing would hold its transaction open.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const uint PreparePersistent = 1;
    private const int StackBytesMax = 512;

    private readonly Database database;
    private readonly sqlite3_stmt handle;

    public Statement(Database database, sqlite3 connection, string sql, bool isKept)
    {
        this.database = database;
        int code = sqlite3_prepare_v3(connection, sql, isKept ? PreparePersistent : 0, out handle, out string tail);
        if (code != SQLITE_OK)
            throw database.Fault(code);
        Tail = tail;
    }

    /// <summary>What stood behind the statement in its text.</summary>
    public string? Tail { get; }

    /// <summary>Whether it changes nothing; statements that begin and end transactions count as such.</summary>
    public bool IsReadOnly => sqlite3_stmt_readonly(handle) != 0;

    /// <summary>The names of the parameters with their numbers, as they are written.</summary>
    public IEnumerable<(int Index, string Name)> Parameters()
    {
        for (int index = 1; index <= sqlite3_bind_parameter_count(handle); index++)
            yield return (index, sqlite3_bind_parameter_name(handle, index).utf8_to_string() ?? "?");
    }

    public Statement Bind(int index, long value) => Checked(sqlite3_bind_int64(handle, index, value));

    public Statement Bind(int index, long? value) =>
        value is { } number ? Bind(index, number) : BindNull(index);

    public Statement Bind(int index, double value) => Checked(sqlite3_bind_double(handle, index, value));

    public Statement Bind(int index, string? text)
    {
        if (text is null)
            return BindNull(index);
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > StackBytesMax)
            return BindText(index, Encoding.UTF8.GetBytes(text));
        Span<byte> utf8 = stackalloc byte[StackBytesMax];
        return BindText(index, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public Statement Bind(int index, ElementId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        // Network order keeps ids of UUID version 7 in the order of their time, and so the index appends.
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(index, bytes);
    }

    public Statement Bind(int index, ElementId? id) => id is { } value ? Bind(index, value) : BindNull(index);

    public Statement Bind(int index, ChangeId id) => Bind(index, new ElementId(id.Value));

    // An empty span would bind as null.
    public Statement BindText(int index, ReadOnlySpan<byte> utf8) =>
        Checked(utf8.IsEmpty ? sqlite3_bind_text(handle, index, "") : sqlite3_bind_text(handle, index, utf8));

    /// <summary>Binds JSON; none as null.</summary>
    public Statement BindJson(int index, ReadOnlyMemory<byte> json) =>
        json.IsEmpty ? BindNull(index) : BindText(index, json.Span);

    public Statement BindBlob(int index, ReadOnlySpan<byte> bytes) =>
        Checked(bytes.IsEmpty ? sqlite3_bind_zeroblob(handle, index, 0) : sqlite3_bind_blob(handle, index, bytes));

    public Statement BindNull(int index) => Checked(sqlite3_bind_null(handle, index));

    /// <summary>Runs to the end, past any rows.</summary>
    /// <returns>How many rows were inserted, updated or deleted.</returns>
    public int Run()
    {
        while (Read())
        {
        }

        return database.Changes;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False behind the last one.</returns>
    public bool Read()
    {
        int code = sqlite3_step(handle);
        if (code == SQLITE_ROW)
            return true;
        if (code == SQLITE_DONE)
        {
            sqlite3_reset(handle);
            return false;
        }

        SqliteFault fault = database.Fault(code);
        sqlite3_reset(handle);
        throw fault;
    }

    /// <summary>Ends a reading before its last row.</summary>
    public void Reset() => sqlite3_reset(handle);

    public bool IsNull(int column) => sqlite3_column_type(handle, column) == SQLITE_NULL;

    public long Long(int column) => sqlite3_column_int64(handle, column);

    public int Int(int column) => (int)sqlite3_column_int64(handle, column);

    public long? OptionalLong(int column) => IsNull(column) ? null : Long(column);

    public string Text(int column) => Encoding.UTF8.GetString(sqlite3_column_blob(handle, column));

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => sqlite3_column_blob(handle, column).ToArray();

    public ElementId Id(int column) => new(new Guid(sqlite3_column_blob(handle, column), bigEndian: true));

    public ChangeId Change(int column) => new(Id(column).Value);

    public ElementId? OptionalId(int column) => IsNull(column) ? null : Id(column);

    public void Dispose() => handle.Dispose();

    private Statement Checked(int code) => code == SQLITE_OK ? this : throw database.Fault(code);
}
