using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Bookstore.Desks;

/// <summary>Carries out the commands of terminals in the process that runs a SQLite site.</summary>
public sealed class DeskOffice : IAsyncDisposable
{
    private readonly CancellationTokenSource closed = new();
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string address;
    private readonly Func<IReadOnlyList<string>, TextWriter, CancellationToken, Task<int>> carryOut;
    private readonly Task listening;

    /// <summary>Opens the desk. A socket that a killed process left behind is taken over.</summary>
    /// <param name="databaseFile">The site's file, which this process holds for writing.</param>
    /// <param name="carryOut">Runs a command: its words, where it prints; returns its exit code.</param>
    public DeskOffice(
        string databaseFile, Func<IReadOnlyList<string>, TextWriter, CancellationToken, Task<int>> carryOut)
    {
        this.carryOut = carryOut;
        address = DeskLine.AddressOf(databaseFile);
        File.Delete(address);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(address, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        listening = ListenAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        socket.Dispose();
        await listening;
        File.Delete(address);
        closed.Dispose();
    }

    private async Task ListenAsync()
    {
        List<Task> serving = [];
        while (!closed.IsCancellationRequested)
        {
            try
            {
                Socket caller = await socket.AcceptAsync(closed.Token);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(caller));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException
                or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket caller)
    {
        try
        {
            await using NetworkStream stream = new(caller, ownsSocket: true);
            if (await ReadLineAsync(stream, closed.Token) is not { } request)
                return;
            DeskAnswer answer = await AnswerAsync(request);
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), closed.Token);
            await stream.WriteAsync("\n"u8.ToArray(), closed.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // The caller is gone; what it asked for has been done, or not, and the ledger and the journal tell.
        }
    }

    private async Task<DeskAnswer> AnswerAsync(string request)
    {
        await using StringWriter output = new();
        try
        {
            string[] words = JsonSerializer.Deserialize<string[]>(request) ?? [];
            int exit = await carryOut(words, output, closed.Token);
            return new DeskAnswer(exit, output.ToString());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new DeskAnswer(1, $"{output}bookstore: {error.Message}{Environment.NewLine}");
        }
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[DeskLine.RequestMax];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
                return null;
            length += read;
            int end = Array.IndexOf(buffer, (byte)'\n', 0, length);
            if (end >= 0)
                return Encoding.UTF8.GetString(buffer, 0, end);
        }

        return null;
    }
}
