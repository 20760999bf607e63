using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>One connection to a server: sends bytes as they are, and reads one answer for each request.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[16 * 1024];
    private int begin;
    private int end;

    private RawConnection(Socket socket) => this.socket = socket;

    public static async Task<RawConnection> OpenAsync(IPEndPoint server)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return new RawConnection(socket);
    }

    public async Task<FuzzAnswer> AskAsync(FuzzRequest request, CancellationToken patience)
    {
        try
        {
            await SendAsync(request, patience);
            return await AnswerAsync(request, patience);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return FuzzAnswer.HungUp;
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException)
        {
            return FuzzAnswer.Closed;
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task SendAsync(FuzzRequest request, CancellationToken patience)
    {
        try
        {
            for (int sent = 0; sent < request.Bytes.Length;)
                sent += await socket.SendAsync(request.Bytes.AsMemory(sent), patience);
            if (request.IsTorn)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server refused before it had read all; its answer may still have come.
        }
    }

    private async Task<FuzzAnswer> AnswerAsync(FuzzRequest request, CancellationToken patience)
    {
        string[] head;
        int status;
        do
        {
            head = await HeadAsync(patience);
            status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        while (status is >= 100 and < 200 && status != 101);

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in head.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        // A stream of events has no end: that it began is answer enough.
        bool isStream = headers.GetValueOrDefault("Content-Type") is { } type
            && type.StartsWith("text/event-stream", StringComparison.Ordinal);
        bool isBare = request.IsHead || isStream || status is 101 or 204 or 304;
        byte[] body = isBare ? [] : await BodyAsync(headers, patience);
        bool isLast = request.IsTorn || isStream || status == 101 || !IsFramed(headers)
            || string.Equals(headers.GetValueOrDefault("Connection"), "close", StringComparison.OrdinalIgnoreCase);
        return new FuzzAnswer(status, headers, body, isLast);
    }

    private static bool IsFramed(Dictionary<string, string> headers) =>
        headers.ContainsKey("Content-Length") || headers.ContainsKey("Transfer-Encoding");

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken patience)
    {
        if (headers.ContainsKey("Transfer-Encoding"))
            return await ChunksAsync(patience);
        if (headers.TryGetValue("Content-Length", out string? length))
            return await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture), patience);
        while (await FillAsync(patience))
        {
            // All until the connection ends.
        }

        return await TakeAsync(end - begin, patience);
    }

    private async Task<byte[]> ChunksAsync(CancellationToken patience)
    {
        using MemoryStream body = new();
        while (true)
        {
            string size = await LineAsync(patience);
            byte[] chunk = await TakeAsync(
                int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture), patience);
            body.Write(chunk);
            await LineAsync(patience);
            if (chunk.Length == 0)
                return body.ToArray();
        }
    }

    private async Task<string[]> HeadAsync(CancellationToken patience)
    {
        List<string> lines = [];
        for (string line = await LineAsync(patience); line.Length > 0; line = await LineAsync(patience))
            lines.Add(line);
        return [.. lines];
    }

    private async Task<string> LineAsync(CancellationToken patience)
    {
        int length;
        while ((length = buffer.AsSpan(begin, end - begin).IndexOf("\r\n"u8)) < 0)
        {
            if (!await FillAsync(patience))
                throw new EndOfStreamException();
        }

        string line = Encoding.Latin1.GetString(buffer, begin, length);
        begin += length + 2;
        return line;
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken patience)
    {
        while (end - begin < count)
        {
            if (!await FillAsync(patience))
                throw new EndOfStreamException();
        }

        byte[] taken = buffer[begin..(begin + count)];
        begin += count;
        return taken;
    }

    private async Task<bool> FillAsync(CancellationToken patience)
    {
        if (end == buffer.Length)
        {
            byte[] wider = begin > 0 ? buffer : new byte[buffer.Length * 2];
            buffer.AsSpan(begin, end - begin).CopyTo(wider);
            (buffer, begin, end) = (wider, 0, end - begin);
        }

        int read = await socket.ReceiveAsync(buffer.AsMemory(end), patience);
        end += read;
        return read > 0;
    }
}
