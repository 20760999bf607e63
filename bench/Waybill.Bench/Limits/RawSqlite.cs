using SQLitePCL;

namespace Waybill.Bench.Limits;

/// <summary>One connection of the native library, for one thread, with as little as possible in between.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly sqlite3 handle;

    public RawSqlite(string file)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(
            file, out handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null));
    }

    /// <summary>The native library's version.</summary>
    public static string LibraryVersion
    {
        get
        {
            Batteries_V2.Init();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    public void Run(string sql) => Check(raw.sqlite3_exec(handle, sql));

    public Statement Prepare(string sql)
    {
        const uint persistent = 1;
        Check(raw.sqlite3_prepare_v3(handle, sql, persistent, out sqlite3_stmt statement));
        return new Statement(this, statement);
    }

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Error(code);
    }

    private InvalidOperationException Error(int code) =>
        new($"SQLite says {code}: {raw.sqlite3_errmsg(handle).utf8_to_string()}");

    /// <summary>A prepared statement without results.</summary>
    internal sealed class Statement(RawSqlite database, sqlite3_stmt statement) : IDisposable
    {
        public Statement Set(int parameter, long value)
        {
            database.Check(raw.sqlite3_bind_int64(statement, parameter, value));
            return this;
        }

        public Statement Set(int parameter, ReadOnlySpan<byte> value)
        {
            database.Check(raw.sqlite3_bind_blob(statement, parameter, value));
            return this;
        }

        public void Run()
        {
            int code = raw.sqlite3_step(statement);
            raw.sqlite3_reset(statement);
            if (code != raw.SQLITE_DONE)
                throw database.Error(code);
        }

        public void Dispose() => statement.Dispose();
    }
}
