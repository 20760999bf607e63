using System.Globalization;
using System.Reflection;
using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Opening;

/// <summary>The numbered scripts that bring a database to the version that this code knows.</summary>
internal static class Schema
{
    private static readonly string[] Scripts =
        [.. typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static int Known => Scripts.Length;

    /// <summary>Before anything of the file is changed: whether it is new, or has a store's tables.</summary>
    /// <exception cref="InvalidOperationException">It is another program's database.</exception>
    public static void RequireOwn(Database database, string file)
    {
        const string IsOwn =
            """
            SELECT CASE (SELECT user_version FROM pragma_user_version)
                WHEN 0 THEN count(*) = 0 ELSE count(*) FILTER (WHERE name IN ('element', 'place', 'holder')) = 3 END
            FROM sqlite_master WHERE type = 'table'
            """;
        if (database.ReadNumber(IsOwn) == 0)
        {
            throw new InvalidOperationException(
                $"{file} is a database of another program: it has tables, but not those of a store. It was left as "
                + "it is. Name another file; one that does not exist is created, and tables of your own can be added "
                + "to it then.");
        }
    }

    /// <summary>Applies what is missing. Each script and the new version number are one transaction.</summary>
    /// <exception cref="StoreVersionException">The database is newer.</exception>
    public static void Migrate(Database database)
    {
        for (int version = Version(database); version < Known; version++)
        {
            string next = (version + 1).ToString(CultureInfo.InvariantCulture);
            database.Execute($"BEGIN IMMEDIATE; {Read(Scripts[version])}; PRAGMA user_version = {next}; COMMIT;");
        }
    }

    /// <exception cref="StoreVersionException">The database is newer.</exception>
    /// <exception cref="InvalidOperationException">It is older.</exception>
    public static void RequireKnown(Database database, string file)
    {
        int version = Version(database);
        if (version < Known)
        {
            throw new InvalidOperationException(
                $"{file} has schema version {version}, this program reads version {Known}. Open it for writing once, "
                + "which brings it up to date.");
        }
    }

    private static int Version(Database database)
    {
        int found = (int)database.ReadNumber("PRAGMA user_version");
        return found <= Known ? found : throw new StoreVersionException(found, Known);
    }

    private static string Read(string script)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(script)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
