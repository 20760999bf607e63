using System.Diagnostics;

namespace Waybill.Stores.Tests;

/// <summary>A disk of a few megabytes in memory, with a ballast file to take space away and give it back.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-disk-");

    private SmallDisk()
    {
    }

    public string Folder => folder.FullName;

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Mounts the disk; skips the test where that is not permitted.</summary>
    public static SmallDisk Mount(int kibibytes, int ballastKibibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is mounted as tmpfs, which Linux has.");
        SmallDisk disk = new();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", disk.Folder) != 0)
        {
            disk.folder.Delete();
            Assert.Skip("Mounting a small tmpfs takes root.");
        }

        File.WriteAllBytes(disk.Ballast, new byte[ballastKibibytes * 1024]);
        return disk;
    }

    /// <summary>Gives back the space that the ballast takes.</summary>
    public void MakeSpace() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", Folder);
        folder.Delete();
    }

    private static int Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
