using System.Diagnostics;
using System.Globalization;

namespace Waybill.Bench.Machine;

/// <summary>
/// What processes have used up: CPU time (user and system), and bytes that they caused to be written to disk.
/// </summary>
/// <param name="Cpu">CPU seconds.</param>
/// <param name="Bytes">Bytes.</param>
internal readonly record struct Usage(double Cpu, long Bytes)
{
    // What /proc/PID/stat counts in; every Linux platform that .NET runs on says 100 a second.
    private const double TicksPerSecond = 100;

    public static Usage operator -(Usage later, Usage earlier) =>
        new(later.Cpu - earlier.Cpu, later.Bytes - earlier.Bytes);

    public static Usage operator +(Usage one, Usage other) => new(one.Cpu + other.Cpu, one.Bytes + other.Bytes);

    /// <summary>Of this process.</summary>
    public static Usage OfThisProcess() => new(Environment.CpuUsage.TotalTime.TotalSeconds, BytesWritten("self"));

    /// <summary>Of one other process.</summary>
    public static Usage OfProcess(int processId) => new(CpuSeconds($"{processId}"), BytesWritten($"{processId}"));

    /// <summary>How much memory a process holds now, in megabytes.</summary>
    public static double MegabytesOf(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>
    /// Of a database server: its first process and all that this one has started, also those that have ended.
    /// </summary>
    public static Usage OfServer(int processId)
    {
        Usage sum = new(CpuSeconds($"{processId}"), BytesWritten($"{processId}"));
        string children = File.ReadAllText($"/proc/{processId}/task/{processId}/children");
        foreach (string child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                sum += new Usage(CpuSeconds(child), BytesWritten(child));
            }
            catch (IOException)
            {
                // Ended meanwhile; the first process has inherited its figures, and the next look finds them there.
            }
        }

        return sum;
    }

    private static double CpuSeconds(string process)
    {
        // The second field is the program's name in parentheses and may hold blanks. Of the numbers after it, four tell
        // the time of the process, user and system, and of those that it has started and that have ended.
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long BytesWritten(string process)
    {
        const string name = "write_bytes: ";
        string line = File.ReadLines($"/proc/{process}/io")
            .First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }
}
