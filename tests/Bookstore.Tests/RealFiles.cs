namespace Bookstore.Tests;

/// <summary>
/// Real input, which the project does not ship: in $WAYBILL_DATA, or in shared/data beside the repository.
/// </summary>
internal static class RealFiles
{
    public static string Find(string name)
    {
        string? file = Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(file is null, $"{name} is not here: set WAYBILL_DATA to a folder that holds it.");
        return file!;
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("WAYBILL_DATA") is { Length: > 0 } given)
            yield return given;
        if (Path.GetDirectoryName(Repository.Root) is { } beside)
            yield return Path.Combine(beside, "shared", "data");
    }
}
