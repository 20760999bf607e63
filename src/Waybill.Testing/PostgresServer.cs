using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Waybill.Testing;

/// <summary>
/// A private PostgreSQL server for tests: on a free port of the loopback interface, with its data in a temporary
/// folder, gone when it is disposed or when the process that started it dies. It acknowledges only what its disk has,
/// as one in production does.
/// </summary>
/// <remarks>
/// The programs are looked for in <c>WAYBILL_PG_BIN</c>, where <c>pg_config</c> says, in <c>/usr/lib/postgresql</c>
/// and in <c>PATH</c>. PostgreSQL refuses to run as root: there the server runs as the user <c>postgres</c>.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "waybill";
    private const string ReadyLine = "database system is ready to accept connections";
    private const int StartAttemptsMax = 5;

    // Ends the server when the standard input closes, which the death of this process does, too.
    private const string Guard =
        """
        exec 3<&0
        "$@" & server=$!
        { cat <&3 > /dev/null; kill -QUIT $server 2> /dev/null; } &
        wait $server
        """;

    private readonly DirectoryInfo folder;
    private readonly string[] settings;
    private Process? server;

    private PostgresServer(DirectoryInfo folder, string[] settings) =>
        (this.folder, this.settings) = (folder, settings);

    /// <summary>The port on the loopback interface. Stays the same when the server is started again.</summary>
    public int Port { get; private set; }

    private string DataFolder => Path.Combine(folder.FullName, "data");

    /// <summary>Makes a new, empty server and starts it.</summary>
    /// <param name="settings">Settings of the server, for example <c>shared_buffers=256MB</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no PostgreSQL on this machine, or it does not start.
    /// </exception>
    public static async Task<PostgresServer> StartNewAsync(params string[] settings)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-postgres-");
        PostgresServer made = new(folder, settings);
        try
        {
            if (PostgresPrograms.IsRoot)
                await PostgresPrograms.RunAsync("chown", [PostgresPrograms.ServerUser, folder.FullName]);
            await PostgresPrograms.RunAsServerUserAsync(
                "initdb",
                ["-D", made.DataFolder, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]);
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    made.Port = FindFreePort();
                    await made.StartAsync();
                    return made;
                }
                catch (InvalidOperationException) when (attempt < StartAttemptsMax)
                {
                    // Somebody else may have taken the port in between; another one is tried.
                }
            }
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>How Npgsql reaches a database of this server.</summary>
    /// <param name="database">The database; <c>postgres</c> is always there.</param>
    public string ConnectionString(string database = "postgres") => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={User};Database={database}");

    /// <summary>Creates an empty database.</summary>
    /// <param name="name">Its name.</param>
    public Task CreateDatabaseAsync(string name) => PostgresPrograms.RunAsync(
        PostgresPrograms.Find("createdb"),
        ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, name]);

    /// <summary>Starts a server that was stopped, and waits until it takes connections.</summary>
    /// <exception cref="InvalidOperationException">It does not start; the message holds what it said.</exception>
    public async Task StartAsync()
    {
        string[] program =
        [
            .. PostgresPrograms.AsServerUser(PostgresPrograms.Find("postgres")),
            "-D", DataFolder,
            "-c", string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
            "-c", "timezone=UTC", "-c", "lc_messages=C",
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        ProcessStartInfo start = new("sh", ["-c", Guard, "sh", .. program])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        server = Process.Start(start)!;
        List<string> said = [];
        while (await server.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.Contains(ReadyLine, StringComparison.Ordinal))
            {
                // Somebody has to go on reading, or the server blocks when the pipe is full.
                _ = server.StandardError.ReadToEndAsync();
                return;
            }
        }

        await server.WaitForExitAsync();
        throw new InvalidOperationException($"PostgreSQL did not start:\n{string.Join('\n', said)}");
    }

    /// <summary>Stops the server in good order: open transactions are undone, and the data is written out.</summary>
    public Task StopAsync() => EndAsync("-INT");

    /// <summary>
    /// Stops the server at once, as a loss of power does to its processes: the next start recovers from its log.
    /// </summary>
    public Task CrashAsync() => EndAsync("-QUIT");

    /// <summary>Stops the server and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        folder.Delete(recursive: true);
    }

    private async Task EndAsync(string signal)
    {
        if (server is null)
            return;
        if (!server.HasExited)
        {
            string[] lines = await File.ReadAllLinesAsync(Path.Combine(DataFolder, "postmaster.pid"));
            await PostgresPrograms.RunAsync("kill", [signal, lines[0].Trim()]);
            await server.WaitForExitAsync();
        }

        server.Dispose();
        server = null;
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
