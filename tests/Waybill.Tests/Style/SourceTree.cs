namespace Waybill.Tests.Style;

/// <summary>The files of this repository as the style tests see them: what is written, not what is built.</summary>
internal static class SourceTree
{
    private static readonly string[] Built = ["bin", "obj", "TestResults", "artifacts", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string pattern, params string[] folders) =>
        [.. folders.Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => Built.Contains(part) || part == ".git"))
            .Order(StringComparer.Ordinal)];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Fails with one line per culprit, so that one run shows all that there is to mend.</summary>
    public static void AssertNone(string rule, IEnumerable<string> culprits)
    {
        string[] all = [.. culprits];
        Assert.True(all.Length == 0, $"{rule}\n  {string.Join("\n  ", all)}");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Waybill.slnx")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new InvalidOperationException(
            $"No Waybill.slnx above {AppContext.BaseDirectory}: the style tests read the repository around them");
    }
}
