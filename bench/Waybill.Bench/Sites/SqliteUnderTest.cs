using Waybill.Bench.Limits;

namespace Waybill.Bench.Sites;

/// <summary>SQLite: each database is a file in a folder of its own.</summary>
internal sealed class SqliteUnderTest(string folder) : StoreUnderTest
{
    private int created;

    public override StoreKind Kind => StoreKind.Sqlite;

    public override string Version => RawSqlite.LibraryVersion;

    public override string Settings => "write-ahead log, synchronous=FULL";

    public override Task<Place> CreateAsync(CancellationToken cancel)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, $"sqlite-{++created}")).FullName;
        return Task.FromResult(new Place(Kind, Path.Combine(own, "site.db"), null));
    }

    public override Task RemoveAsync(Place place)
    {
        Directory.Delete(Path.GetDirectoryName(place.Location)!, recursive: true);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The store writes its log back when it is disposed.
    protected override Task SettleAsync(Place place, CancellationToken cancel) => Task.CompletedTask;
}
