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
