using Bookstore.Commands;
using Bookstore.Storage;
using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Stores;

namespace Bookstore.Tests;

/// <summary>A bookstore in a folder of its own, whose simulated world takes no time.</summary>
internal sealed class Bookshop : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bookstore-");

    public StringWriter Output { get; } = new();

    public string File => Path.Combine(folder.FullName, "bookstore.db");

    /// <summary>A PostgreSQL connection, when it is not to be kept in its file.</summary>
    public string? Connection { get; init; }

    public SiteOrder Site => new()
    {
        Store = Connection is null
            ? new StoreAddress(StoreKind.Sqlite, File)
            : new StoreAddress(StoreKind.Postgres, Connection),
        Speed = 0,
    };

    public RunOrder Order(long count) => new() { Site = Site, Rate = 0, Count = count, Feeds = true };

    public Task<int> RunAsync(RunOrder order, CancellationToken? cancel = null) =>
        new RunCommand(order, Output).RunAsync(cancel ?? TestContext.Current.CancellationToken);

    public Task<int> VerifyAsync() => new VerifyCommand(Site, Output).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Gives a command on the command line, as in a terminal.</summary>
    public async Task<(int Exit, string Said)> SayAsync(params string[] words)
    {
        await using StringWriter output = new();
        int exit = await CommandLine.Create(output)
            .Parse([.. words, "--store", $"sqlite:{File}"])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    /// <summary>Does something to the store while nobody works on it.</summary>
    /// <param name="visit">What is done.</param>
    /// <param name="time">The clock of the visit; null for the machine's.</param>
    public async Task VisitAsync(Func<IServiceProvider, Database, Task> visit, TimeProvider? time = null)
    {
        using Notices notices = new(null);
        using IHost host = global::Bookstore.Site.Build(Site with { HasWorker = false }, notices, time);
        await host.Services.GetRequiredService<ISiteStore>().OpenAsync(TestContext.Current.CancellationToken);
        await visit(host.Services, host.Services.GetRequiredService<Database>());
    }

    public void Dispose()
    {
        Output.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
