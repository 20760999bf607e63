using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waybill.Bench.Http;

/// <summary>
/// One connection to an HTTP server, one request at a time. It does no more than it must, so that what is measured is
/// the server. Not thread-safe.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[4096];

    /// <summary>Whether something came that nobody has read.</summary>
    public bool HasAnswer => socket.Available > 0;

    public static async Task<LoadConnection> OpenAsync(Uri server)
    {
        LoadConnection connection = new();
        await connection.socket.ConnectAsync(IPAddress.Loopback, server.Port);
        return connection;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
            request = request[await socket.SendAsync(request, SocketFlags.None)..];
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <returns>The answer's head and, as far as the buffer holds it, body; valid until the next request.</returns>
    /// <exception cref="InvalidOperationException">It is answered with another status.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> request, int status)
    {
        await SendAsync(request);
        int length = 0;
        int headLength = -1;
        while (headLength < 0)
        {
            length += await ReceiveAsync(buffer.AsMemory(length));
            int end = buffer.AsSpan(0, length).IndexOf(HeadEnd);
            headLength = end < 0 ? -1 : end + HeadEnd.Length;
        }

        int whole = headLength + int.Parse(Header(buffer, "Content-Length: "), CultureInfo.InvariantCulture);
        while (length < whole)
            length += await ReceiveAsync(buffer.AsMemory(length));
        string said = Encoding.ASCII.GetString(buffer, "HTTP/1.1 ".Length, 3);
        return said == status.ToString(CultureInfo.InvariantCulture)
            ? buffer.AsMemory(0, length)
            : throw new InvalidOperationException($"The server says: {Encoding.UTF8.GetString(buffer, 0, length)}");
    }

    /// <summary>The value of a header, which must be there.</summary>
    public static string Header(ReadOnlySpan<byte> head, string name)
    {
        int start = head.IndexOf(Encoding.ASCII.GetBytes(name)) + name.Length;
        return start < name.Length
            ? throw new InvalidOperationException($"The answer lacks {name}: {Encoding.UTF8.GetString(head)}")
            : Encoding.ASCII.GetString(head[start..(start + head[start..].IndexOf((byte)'\r'))]);
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> ReceiveAsync(Memory<byte> space)
    {
        int received = await socket.ReceiveAsync(space, SocketFlags.None);
        return received > 0 ? received : throw new IOException("The server closed the connection.");
    }
}
