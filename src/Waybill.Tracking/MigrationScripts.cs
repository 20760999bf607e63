using System.Reflection;

namespace Waybill.Tracking;

/// <summary>The embedded, numbered scripts that bring a database to the version that this code knows.</summary>
internal static class MigrationScripts
{
    /// <summary>The scripts of a folder, in their order.</summary>
    public static IReadOnlyList<string> Of(string folder) =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
