using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteElementStore(Writer writer, Readers readers) : IElementStore
{
    public Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewElement> elements, CancellationToken cancel) =>
        writer.RunAsync(session => session.Intake.Accept(elements), cancel, weight: elements.Count);

    // A claim that is lost with the machine was lost with its worker: it need not wait for the disk.
    public Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<ClaimedElement>>(
            session =>
            {
                session.Workers.RequireLive(epoch);
                session.Claims.PromoteDue();
                List<ClaimedElement> claimed = [];
                foreach (ClaimRequest request in requests)
                    session.Claims.Claim(epoch, request, claimed);
                return claimed;
            },
            cancel,
            isExpendable: true);

    public Task<IReadOnlyList<HopOutcome>> CommitAsync(
        WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
    {
        RequireOneEach(hops);
        return writer.RunAsync<IReadOnlyList<HopOutcome>>(
            session =>
            {
                session.Workers.RequireLive(epoch);
                return session.Hops.Apply(epoch, hops);
            },
            cancel,
            weight: hops.Count);
    }

    public Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                foreach (Release release in elements)
                    session.Claims.Release(epoch, release);
                return elements.Count;
            },
            cancel,
            weight: elements.Count);

    public Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<ElementFence>>(
            database =>
            {
                using Statement statement = database.Prepare(
                    "SELECT e.hop, p.state, p.owner FROM element e CROSS JOIN place p ON p.key = e.key "
                    + "WHERE e.key = ?1");
                List<ElementFence> found = [];
                foreach (long key in keys)
                {
                    if (statement.Bind(1, key).Read())
                        found.Add(ReadFence(key, statement));
                    statement.Reset();
                }

                return found;
            },
            cancel);

    public Task<IReadOnlyList<bool>> SignalAsync(IReadOnlyList<SignalDelivery> signals, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<bool>>(
            session => [.. signals.Select(session.Signals.Deliver)], cancel, weight: signals.Count);

    public Task<IReadOnlyList<CancelOutcome>> CancelAsync(
        IReadOnlyList<CancelRequest> requests, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<CancelOutcome>>(
            session => [.. requests.Select(session.Cancels.Request)], cancel, weight: requests.Count);

    /// <exception cref="ArgumentException">An element has two hops in one commit.</exception>
    internal static void RequireOneEach(IReadOnlyList<Hop> hops)
    {
        HashSet<long> keys = new(hops.Count);
        foreach (Hop hop in hops)
        {
            if (!keys.Add(hop.Key))
            {
                throw new ArgumentException(
                    $"A commit takes one hop of each element; it has two of {hop.Id}. Commit them one after the other.",
                    nameof(hops));
            }
        }
    }

    private static ElementFence ReadFence(long key, Statement row) => new(
        key, row.Int(0), (ElementState)row.Int(1), row.OptionalLong(2) is { } owner ? new WorkerEpoch(owner) : null);
}
