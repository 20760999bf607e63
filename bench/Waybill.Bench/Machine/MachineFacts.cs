using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Waybill.Bench.Machine;

/// <summary>What the figures were measured on. A number means nothing without it.</summary>
/// <param name="Processor">The CPU's model.</param>
/// <param name="Cores">How many cores the program may use.</param>
/// <param name="MemoryMegabytes">The machine's memory.</param>
/// <param name="FsyncMicroseconds">How long the disk takes to write 4 KB durably; the median of 200.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET version.</param>
/// <param name="Program">The program's version and commit.</param>
internal sealed record MachineFacts(
    string Processor,
    int Cores,
    long MemoryMegabytes,
    double FsyncMicroseconds,
    string System,
    string Runtime,
    string Program)
{
    /// <param name="folder">Where the databases will be.</param>
    public static MachineFacts Gather(string folder) => new(
        Field("/proc/cpuinfo", "model name"),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        FsyncTime(folder),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        ProgramVersion());

    private static string ProgramVersion() => Assembly.GetExecutingAssembly()
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static string Field(string file, string name) =>
        File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?
            .Split(':')[1].Trim()
        ?? "unknown";

    private static double FsyncTime(string folder)
    {
        const int times = 200;
        string file = Path.Combine(folder, "fsync");
        byte[] block = new byte[4096];
        List<double> took = [];
        using (FileStream stream = new(file, FileMode.Create))
        {
            for (int i = 0; i < times; i++)
            {
                long began = Stopwatch.GetTimestamp();
                stream.Write(block);
                stream.Flush(flushToDisk: true);
                took.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
        }

        File.Delete(file);
        return took.Order().ElementAt(times / 2);
    }
}
