using Waybill.Stores;

namespace Waybill.Crash.Child;

/// <summary>
/// Asks for changes of parcels in flight, while others are submitted, and tells the parent what was promised. What the
/// store refuses is not asked again.
/// </summary>
internal sealed class Changer(SiteClient client, Report report)
{
    // How many parcels come between one and the later changes of it.
    private const int Behind = 3 * Parcel.Accounts;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(100);
    private static readonly Actor Desk = new("desk");

    /// <summary>Asks for what is due when a parcel was accepted.</summary>
    public async Task AskAsync(int number)
    {
        await AskAsync(number, Surcharge.Early(number));
        if (number < Behind)
            return;
        await AskAsync(number - Behind, Surcharge.Late(number - Behind));
        await AskAndWaitAsync(number - Behind, Surcharge.Urgent(number - Behind));
    }

    private async Task AskAsync(int number, int? amount)
    {
        if (amount is null)
            return;
        try
        {
            ChangeTicket ticket = await client.Changes.RequestAsync(
                Target(number), Surcharge.Change, amount.Value, Desk, Surcharge.IdOf(number, amount.Value));
            report.Asked(ticket.Id, ticket.Status);
        }
        catch (Exception error)
        {
            report.Unasked(error);
        }
    }

    private async Task AskAndWaitAsync(int number, int? amount)
    {
        if (amount is null)
            return;
        try
        {
            ChangeResult result = await client.Changes.ApplyAsync(
                Target(number), Surcharge.Change, amount.Value, Desk, Bound);
            report.Answered(result.Record!);
        }
        catch (Exception error)
        {
            report.Unasked(error);
        }
    }

    private static ElementRef Target(int number) => ElementRef.Of("parcels", new Parcel(number).BusinessKey);
}
