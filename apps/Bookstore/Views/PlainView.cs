using System.Globalization;

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
            BoardPicture picture = await board.LookAsync(CancellationToken.None);
            await output.WriteLineAsync(string.Join(Environment.NewLine, Lines(picture, board.Orders)));
        }
    }

    internal static IEnumerable<string> Lines(BoardPicture picture, OrderFigures orders)
    {
        yield return Invariant($"{picture.Elapsed:hh\\:mm\\:ss}  orders: {orders.In:N0} in, {orders.Complete:N0} complete, ")
            + Invariant($"{orders.Cancelled:N0} cancelled, {orders.Failed:N0} failed, {orders.BackOrdered:N0} waits for books; ")
            + Invariant($"{picture.OrdersPerSecond:N0} a second, ")
            + Invariant($"p50 {orders.TimeOf(0.5).TotalSeconds:N2} s, p99 {orders.TimeOf(0.99).TotalSeconds:N2} s");
        yield return Invariant($"          elements: {picture.InFlight:N0} in flight, {picture.Sidelined:N0} sidelined, ")
            + Invariant($"{picture.Nodes.Sum(node => node.Retries):N0} retries, ")
            + Invariant($"{picture.Nodes.Sum(node => node.PerSecond):N0} hops a second");
        yield return $"          money: {picture.Takings.Authorised} authorised, {picture.Takings.Captured} captured, "
            + $"{picture.Takings.Refunded} refunded, {picture.Takings.Voided} voided";
        yield return Invariant($"          units: {picture.Takings.Received:N0} received, {picture.Takings.OnHand:N0} on hand, ")
            + Invariant($"{picture.Takings.Reserved:N0} reserved, {picture.Takings.Shipped:N0} shipped");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
