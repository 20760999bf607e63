using System.Diagnostics;

namespace Waybill.Testing;

/// <summary>Finds PostgreSQL's programs on this machine and runs them.</summary>
internal static class PostgresPrograms
{
    /// <summary>Who runs the server when this process runs as root; PostgreSQL's packages create this user.</summary>
    public const string ServerUser = "postgres";

    private static readonly Lazy<string> Folder = new(FindFolder);

    public static bool IsRoot => Environment.UserName == "root";

    /// <summary>The path of one program.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL's server is not installed.</exception>
    public static string Find(string program) => Path.Combine(Folder.Value, program);

    /// <summary>A program, and what stands before it so that the server's user runs it.</summary>
    public static string[] AsServerUser(string program) =>
        IsRoot ? ["setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", program] : [program];

    public static Task RunAsServerUserAsync(string program, string[] arguments)
    {
        string[] all = [.. AsServerUser(Find(program)), .. arguments];
        return RunAsync(all[0], all[1..]);
    }

    /// <exception cref="InvalidOperationException">The program failed; the message holds what it said.</exception>
    public static async Task RunAsync(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} ended with exit code {process.ExitCode}:\n{await errors}\n{await output}");
        }
    }

    private static string FindFolder() =>
        Candidates().FirstOrDefault(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "initdb")))
        ?? throw new InvalidOperationException(
            "PostgreSQL's server programs were not found. Install them (Debian and Ubuntu: apt-get install "
            + "postgresql), or say in WAYBILL_PG_BIN in which folder initdb and postgres are.");

    private static IEnumerable<string> Candidates()
    {
        yield return Environment.GetEnvironmentVariable("WAYBILL_PG_BIN") ?? "";
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (path.Any(folder => File.Exists(Path.Combine(folder, "pg_config"))))
            yield return AskPgConfig();
        const string debian = "/usr/lib/postgresql";
        if (Directory.Exists(debian))
        {
            foreach (string version in Directory.GetDirectories(debian).OrderByDescending(Version))
                yield return Path.Combine(version, "bin");
        }

        foreach (string folder in path)
            yield return folder;
    }

    private static string AskPgConfig()
    {
        using Process process = Process.Start(new ProcessStartInfo("pg_config", ["--bindir"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string folder = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return folder;
    }

    private static int Version(string folder) =>
        int.TryParse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture, out int version)
            ? version
            : 0;
}
