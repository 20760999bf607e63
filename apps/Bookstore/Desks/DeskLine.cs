using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bookstore.Desks;

/// <summary>
/// The line between a terminal and the process that runs a SQLite site, which only one process may write to: a Unix
/// domain socket beside the file, for its owner only. A command's words go one way, what it prints comes back; each is
/// one line of JSON.
/// </summary>
public static class DeskLine
{
    /// <summary>How long a command can be.</summary>
    public const int RequestMax = 64 * 1024;

    // What the operating system takes; the terminating zero included.
    private const int SocketPathMax = 100;

    /// <summary>Where the process that runs a site listens.</summary>
    /// <param name="databaseFile">The site's file.</param>
    public static string AddressOf(string databaseFile)
    {
        string full = Path.GetFullPath(databaseFile);
        string beside = $"{full}.desk";
        return Encoding.UTF8.GetByteCount(beside) <= SocketPathMax
            ? beside
            : Path.Combine(Path.GetTempPath(), $"bookstore-{Fingerprint(full)}.desk");
    }

    /// <summary>Has the process that runs a site carry a command out; null when nobody listens.</summary>
    /// <param name="databaseFile">The site's file.</param>
    /// <param name="words">The command, as on a command line.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="InvalidDataException">The command is longer than <see cref="RequestMax"/>.</exception>
    public static async Task<DeskAnswer?> CallAsync(
        string databaseFile, IReadOnlyList<string> words, CancellationToken cancel)
    {
        byte[] request = [.. JsonSerializer.SerializeToUtf8Bytes(words), (byte)'\n'];
        if (request.Length > RequestMax)
        {
            throw new InvalidDataException(
                $"The command is {request.Length} bytes long; the process that runs the site takes {RequestMax}.");
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(AddressOf(databaseFile)), cancel);
        }
        catch (SocketException)
        {
            return null;
        }

        await using NetworkStream stream = new(socket, ownsSocket: false);
        await stream.WriteAsync(request, cancel);
        using StreamReader reader = new(stream, Encoding.UTF8);
        string answer = await reader.ReadLineAsync(cancel)
            ?? throw new IOException("The process that runs the site hung up. Look at its output, and try again.");
        return JsonSerializer.Deserialize<DeskAnswer>(answer);
    }

    private static string Fingerprint(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}

/// <summary>What a command printed.</summary>
/// <param name="Exit">Its exit code.</param>
/// <param name="Output">What it printed.</param>
public sealed record DeskAnswer(int Exit, string Output);
