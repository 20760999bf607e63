namespace Waybill.Crash.Child;

/// <summary>
/// Submits parcels in the order of their numbers and acknowledges each to the parent once its submission has completed.
/// What the store refuses is submitted again until it is taken.
/// </summary>
internal sealed class Submitter(SiteClient client, Workload workload, Window window, Report report)
{
    private static readonly TimeSpan RefusalPause = TimeSpan.FromMilliseconds(100);
    private readonly Changer changer = new(client, report);

    public async Task RunAsync(int from, int count, CancellationToken cancel)
    {
        // As many at once as there are accounts: no two of them stand in the same line, so when a part is refused and
        // submitted again, every line still gets its numbers in their order.
        Task asking = Task.CompletedTask;
        try
        {
            for (int first = from; first < from + count; first += Parcel.Accounts)
            {
                int[] numbers = [.. Enumerable.Range(first, Math.Min(Parcel.Accounts, from + count - first))];
                foreach (int _ in numbers)
                    await window.EnterAsync(cancel);
                await Task.WhenAll(numbers.Select(number => SubmitAsync(new Parcel(number), cancel)));
                // As many changes as the store keeps up with: none waits until its process has been killed.
                if (asking.IsCompleted)
                    asking = Task.WhenAll(numbers.Select(changer.AskAsync));
            }
        }
        finally
        {
            await asking;
        }
    }

    private async Task SubmitAsync(Parcel parcel, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                Ticket<long> ticket = await client.SubmitAsync(workload.Parcels, parcel.BusinessKey, parcel, cancel);
                report.Acknowledged(parcel.Number, ticket.Id, ticket.IsNew);
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                report.Refused(parcel.Number, error);
                await Task.Delay(RefusalPause, TimeProvider.System, cancel);
            }
        }
    }
}
