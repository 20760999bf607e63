namespace Waybill.Sqlite.Opening;

/// <summary>Where a database file is to be: whether there can be one.</summary>
internal static class FilePlace
{
    /// <summary>Makes the file's folder when there is none. Returns it.</summary>
    /// <exception cref="IOException">There cannot be such a file.</exception>
    public static string Prepare(string file)
    {
        RequireNoFolder(file);
        string folder = Path.GetDirectoryName(file)!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, error);
        }

        return folder;
    }

    /// <exception cref="IOException">It is a folder.</exception>
    public static void RequireNoFolder(string file)
    {
        if (Directory.Exists(file))
            throw new IOException($"{file} is a folder. Name a file in it; one that does not exist is created.");
    }

    public static IOException Unusable(string file, Exception error) => new(
        $"{file} cannot be written ({error.Message}). Name a file in a folder in which this user may create files.",
        error);
}
