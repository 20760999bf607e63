using Bookstore.Desks;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Tracking;

namespace Bookstore.Commands;

/// <summary>What is to be done with rows that are set aside.</summary>
public enum AsideWish
{
    /// <summary>Show them.</summary>
    List = 0,

    /// <summary>Take them in, as far as that can be now.</summary>
    Retry = 1,

    /// <summary>Forget them.</summary>
    Dismiss = 2,
}

/// <summary>
/// Lists, retries or dismisses rows of the journal that tracking set aside: in the process that follows the journal, or
/// in the tracking store while nobody does.
/// </summary>
public sealed class AsideCommand(AsideWish wish, long? row, StoreAddress place, Actor clerk) : IDeskCommand
{
    private readonly AsideFilter filter = new() { Id = row };

    public bool OnlyLooks => wish == AsideWish.List;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        if (site.GetService<AsideDesk>() is { } running)
            return await ActAsync(running, output, cancel);
        await using TrackingStore store = Tracks.StoreOf(place, OnlyLooks);
        await store.OpenAsync(cancel);
        return await ActAsync(new AsideDesk(store, TimeProvider.System), output, cancel);
    }

    private async Task<int> ActAsync(AsideDesk desk, TextWriter output, CancellationToken cancel)
    {
        switch (wish)
        {
            case AsideWish.Retry:
                await output.WriteLineAsync($"{await desk.RetryAsync(filter, clerk, cancel)} taken in");
                break;
            case AsideWish.Dismiss:
                await output.WriteLineAsync($"{await desk.DismissAsync(filter, clerk, cancel)} dismissed");
                break;
        }

        Page<RowSetAside> page = await desk.ListAsync(AsideFilter.All, cancel: cancel);
        foreach (RowSetAside aside in page.Items)
            await output.WriteLineAsync(TrackingCommands.Line(aside));
        long all = await desk.CountAsync(AsideFilter.All, cancel);
        await output.WriteLineAsync($"{page.Items.Count} of {all} set aside");
        return 0;
    }
}
