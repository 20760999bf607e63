namespace Waybill.Tests.Style;

/// <summary>The files of this repository as the style tests see them: what is written, not what is built.</summary>
internal static class SourceTree
{
    private static readonly string[] Built = ["bin", "obj", "TestResults", "artifacts", "node_modules"];

    /// <summary>Paths relative to the root, with slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string pattern, params string[] folders) =>
        [.. folders.Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => Built.Contains(part) || part == ".git"))
            .Order(StringComparer.Ordinal)];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Repository.Root, file));

    /// <summary>Fails with one line per culprit, so that one run shows all that there is to mend.</summary>
    public static void AssertNone(string rule, IEnumerable<string> culprits)
    {
        string[] all = [.. culprits];
        Assert.True(all.Length == 0, $"{rule}\n  {string.Join("\n  ", all)}");
    }
}
