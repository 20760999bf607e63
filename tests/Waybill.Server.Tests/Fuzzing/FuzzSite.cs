using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Hosting;
using Waybill.Sqlite;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>A real server on a free loopback port, before a site with nodes of every kind that is at work.</summary>
internal sealed class FuzzSite : IAsyncDisposable
{
    private static readonly Node<Parcel, string> Picked = new("picked");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-fuzz-");
    private readonly FuzzLog log = new();
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string> inside = new();

    private FuzzSite(Action<WaybillBuilder, string> store)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log)
            .SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddWaybill(site => store(site.Add(Flows()), folder.FullName));
        builder.Services.AddWaybillServer(options =>
        {
            options.RequestsPerSecond = 1_000_000;
            options.RequestBurst = 1_000_000;
        });
        app = builder.Build();
        app.Use(async (context, next) =>
        {
            HttpRequest request = context.Request;
            inside[context.TraceIdentifier] =
                $"{request.Method} {request.Path}{request.QueryString} Prefer: {request.Headers["Prefer"]}";
            try
            {
                await next(context);
            }
            finally
            {
                inside.TryRemove(context.TraceIdentifier, out _);
            }
        });
        app.MapWaybill();
    }

    public static Action<WaybillBuilder, string> Sqlite =>
        (site, folder) => site.UseSqlite(Path.Combine(folder, "site.db"));

    public string Folder => folder.FullName;

    public IPEndPoint Address => new(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);

    /// <summary>The requests that the server is busy with.</summary>
    public IReadOnlyCollection<string> Inside => [.. inside.Values];

    public IReadOnlyList<string> LoggedFaults => log.Faults;

    public FuzzPool Pool { get; private set; } = null!;

    public IReadOnlyList<RouteShape> Routes { get; private set; } = [];

    public static async Task<FuzzSite> StartAsync(Action<WaybillBuilder, string> store)
    {
        FuzzSite site = new(store);
        await site.app.StartAsync();
        await site.FillAsync();
        site.Routes = RouteShape.AllOf(site.app.Services.GetRequiredService<EndpointDataSource>());
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        log.Dispose();
        folder.Delete(recursive: true);
    }

    // The first key may do all: it is the one that is used most.
    private async Task FillAsync()
    {
        ApiKeys keys = app.Services.GetRequiredService<ApiKeys>();
        List<string> secrets = [];
        foreach (ServerRole role in Enum.GetValues<ServerRole>().OrderDescending())
            secrets.Add((await keys.CreateAsync(new NewApiKey($"a {role}", role), new Actor("test"))).Secret);
        secrets.Add((await keys.CreateAsync(
            new NewApiKey("limited", ServerRole.Operator) { Workflows = ["gifts"] }, new Actor("test"))).Secret);
        log.Watch(secrets);
        Pool = new FuzzPool(secrets, new Dictionary<string, string[]>
        {
            ["workflow"] = ["parcels", "gifts", "shipments"],
            ["workflows"] = ["parcels", "gifts"],
            ["node"] = ["pack", "pack", "ship"],
            ["version"] = ["1"],
            ["waitMs"] = ["1000"],
            ["type"] = ["note-change"],
            ["name"] = ["a", "some name"],
            ["worker"] = ["robot"],
            ["url"] = ["https://callback.invalid/a"],
            ["reason"] = ["because"],
            ["column"] = ["note", "count"],
            ["where"] = ["count:less:3", "note:equal:a"],
            ["sortBy"] = ["count", "note"],
            ["sum"] = ["count"],
            ["by"] = ["note"],
            ["group"] = ["a", "b"],
            ["value"] = ["a"],
            ["to"] = ["ship"],
        });
    }

    private static IEnumerable<Workflow> Flows() =>
    [
        Sample.Parcels(),
        Workflow<Parcel, string>.Named("gifts").StartsAt(Sample.Pack)
            .Node(Sample.Pack, n => n.RunRemotely().GoesTo(Sample.Ship).Finishes().Retry(1, Backoff.None))
            .Node(Sample.Ship, n => n.Run(_ => Route.Finish("sent")).Finishes()),
        Workflow<Parcel, string>.Named("shipments").StartsAt(Sample.Pack)
            .Holds(Sample.Pack, h => h
                .GroupBy(p => p.Note)
                .Columns(p => new { p.Note, p.Count })
                .ReleasesTo(Sample.Parcels(), release => new Parcel(release.Group ?? "all"), Picked))
            .Node(Picked, n => n.Run((_, replies) => Route.Finish(replies.Single.Ending.ToString())).Finishes()),
    ];
}
