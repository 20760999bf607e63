using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Serving;

/// <summary>Reads the body of a request whole, up to a bound.</summary>
internal static class RequestBody
{
    /// <returns>The body; null when it is larger than the bound.</returns>
    /// <exception cref="JsonException">It does not call itself JSON, or ends too early.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int max, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
            throw new JsonException("The body must be JSON: send the header Content-Type: application/json.");
        if (request.ContentLength > max)
            return null;
        try
        {
            while (true)
            {
                ReadResult read = await request.BodyReader.ReadAsync(cancel);
                if (read.Buffer.Length > max)
                    return null;
                if (read.IsCompleted)
                {
                    byte[] body = read.Buffer.ToArray();
                    // Else the server closes the connection, since it cannot know that there is nothing left.
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    return body;
                }

                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException error)
        {
            throw new JsonException($"The body cannot be read: {error.Message}", error);
        }
    }
}
