namespace Waybill.Tests;

/// <summary>
/// The repository around the tests. Found from where they run: a build for release maps the paths of its sources away.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string start)
    {
        DirectoryInfo? folder = new(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Waybill.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException(
            $"No Waybill.slnx above {start}: these tests read the repository that they were built in.");
    }
}
