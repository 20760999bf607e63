using System.Diagnostics;

namespace Waybill.Crash.Tests.Sites;

/// <summary>A file system in memory that is quickly full. Skips the test where mounting is not permitted.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int LargeChunkBytes = 1024 * 1024;
    private const int SmallChunkBytes = 4096;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        string folder = Directory.CreateTempSubdirectory("waybill-disk-").FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) != 0)
        {
            Directory.Delete(folder);
            Assert.Skip("A small disk cannot be mounted here: that needs root and the right to mount.");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using FileStream file = new(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        Fill(file, new byte[LargeChunkBytes]);
        Fill(file, new byte[SmallChunkBytes]);
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Folder);
        Directory.Delete(Folder);
    }

    private static void Fill(FileStream file, byte[] chunk)
    {
        try
        {
            while (true)
                file.Write(chunk);
        }
        catch (IOException)
        {
            // No space left: as it should be.
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
