using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Brings what operators say of nodes to their runners. While the store cannot be read, the last that was read holds.
/// </summary>
internal sealed class Controls(EngineContext context, HostedNodes hosted, Claimer claimer)
{
    private const int PageSize = 1000;

    /// <summary>Reads all controls of the site once. Returns for how many hosted nodes anything has changed.</summary>
    public async Task<int> RefreshOnceAsync()
    {
        Dictionary<string, StoredRecord> found = [];
        for (PageRequest? page = new(PageSize); page is not null;)
        {
            Page<StoredRecord> part = await context.Store.Records.ListAsync(
                new RecordFilter(NodeControl.RecordKind), page, CancellationToken.None);
            foreach (StoredRecord record in part.Items)
                found[record.Key.Name] = record;
            page = part.Next is { } next ? new PageRequest(PageSize, next) : null;
        }

        int changed = 0;
        foreach (NodeRunner runner in hosted.All)
        {
            NodeAddress node = runner.Node.Address;
            if (runner.Obey(NodeControl.Of(node, found.GetValueOrDefault(node.ToString()))))
                changed++;
        }

        if (changed > 0)
            claimer.Poll();
        return changed;
    }
}
