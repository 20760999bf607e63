using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Waybill.Server.Tests;

/// <summary>Reads a stream of server-sent events, one at a time.</summary>
internal sealed class EventReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IDisposable
{
    public static async Task<EventReader> OpenAsync(HttpClient client, string path)
    {
        HttpResponseMessage response = await client.GetAsync(
            new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        SseParser<string> parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        return new EventReader(response, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    public async Task<(string Type, JsonElement Data)> NextAsync()
    {
        Assert.True(await items.MoveNextAsync());
        return (items.Current.EventType, JsonDocument.Parse(items.Current.Data).RootElement.Clone());
    }

    public async Task<bool> IsOverAsync() => !await items.MoveNextAsync();

    public void Dispose() => response.Dispose();
}
