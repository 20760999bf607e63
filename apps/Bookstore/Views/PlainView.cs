using System.Globalization;
using Bookstore.Domains;
using Bookstore.Storage;
using Waybill.Stores;

namespace Bookstore.Views;

/// <summary>Prints a few lines now and then, for output that goes to a file.</summary>
public sealed class PlainView(Board board, TimeSpan every, TimeProvider time)
{
    public async Task ShowAsync(TextWriter output, CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(every, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested)
                return;
            await Outage.OutlastAsync(() => PrintAsync(output), time, cancel);
        }
    }

    private async Task PrintAsync(TextWriter output)
    {
        BoardPicture picture = await board.LookAsync(CancellationToken.None);
        await output.WriteLineAsync(string.Join(Environment.NewLine, Lines(picture, board.Orders)));
    }

    internal static IEnumerable<string> Lines(BoardPicture picture, OrderFigures orders)
    {
        Takings takings = picture.Takings;
        double p50 = orders.TimeOf(0.5).TotalSeconds;
        double p99 = orders.TimeOf(0.99).TotalSeconds;
        yield return Invariant($"{picture.Elapsed:hh\\:mm\\:ss}  orders: {orders.In:N0} in,")
            + Invariant($" {orders.Complete:N0} complete, {orders.Cancelled:N0} cancelled, {orders.Failed:N0} failed");
        yield return Invariant($"          {orders.BackOrdered:N0} waits for books;")
            + Invariant($" {picture.OrdersPerSecond:N0} a second, p50 {p50:N2} s, p99 {p99:N2} s");
        yield return Invariant($"          elements: {picture.InFlight:N0} in flight,")
            + Invariant($" {picture.Sidelined:N0} sidelined, {picture.Nodes.Sum(node => node.Retries):N0} retries,")
            + Invariant($" {picture.Nodes.Sum(node => node.PerSecond):N0} hops a second");
        // Each is counted at all elements that it concerns.
        yield return Invariant($"          changes: {Changes(picture, ChangeOutcome.Applied):N0} applied,")
            + Invariant($" {Changes(picture, ChangeOutcome.Rejected):N0} refused,")
            + Invariant($" {Changes(picture, ChangeOutcome.TooLate):N0} too late,")
            + Invariant($" {Changes(picture, ChangeOutcome.CouldNotReach):N0} unreached,")
            + Invariant($" {Changes(picture, ChangeOutcome.Pending):N0} pending");
        yield return $"          money: {takings.Authorised} authorised, {takings.Voided} voided,";
        yield return $"          {takings.Captured} captured, {takings.Refunded} refunded";
        yield return Invariant($"          units: {takings.Received:N0} received, {takings.OnHand:N0} on hand,")
            + Invariant($" {takings.Reserved:N0} reserved, {takings.Shipped:N0} shipped");
    }

    private static long Changes(BoardPicture picture, ChangeOutcome outcome) =>
        picture.Changes.GetValueOrDefault(outcome);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
