using System.Globalization;
using Waybill.Testing;

[assembly: AssemblyFixture(typeof(Waybill.Crash.Tests.Sites.SharedPostgres))]

namespace Waybill.Crash.Tests.Sites;

/// <summary>The server of all tests that need not stop it; each gets a database of its own.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private PostgresServer? server;
    private int databases;

    public async ValueTask InitializeAsync() => server = await PostgresServer.StartNewAsync();

    internal Task<PostgresSite> CreateSiteAsync() => PostgresSite.OnAsync(
        server!, string.Create(CultureInfo.InvariantCulture, $"site_{Interlocked.Increment(ref databases)}"));

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
