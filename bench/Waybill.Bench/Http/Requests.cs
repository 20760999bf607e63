using System.Text;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Http;

/// <summary>Requests as they go over the wire.</summary>
internal sealed class Requests(ServerAtWork server)
{
    private readonly string head =
        $"Host: {server.Address.Authority}\r\nAuthorization: Bearer {server.Secret}\r\n";

    /// <summary>Submits an order of 1 KB.</summary>
    public byte[] Submit(string key, Order order)
    {
        string json = Encoding.UTF8.GetString(OrderSource.ToJson(order));
        string body = $$"""{"key":"{{key}}","data":{{json}}}""";
        return Encoding.UTF8.GetBytes(
            $"POST /v1/workflows/{TenHops.Workflow.Name}/elements HTTP/1.1\r\n{head}"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>Asks how a ticket stands.</summary>
    public byte[] Poll(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n{head}\r\n");

    /// <summary>Waits for a ticket to end, as long as the server lets one wait.</summary>
    public byte[] LongPoll(string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n{head}Prefer: wait=60\r\n\r\n");
}
