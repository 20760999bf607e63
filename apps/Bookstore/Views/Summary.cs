using System.Globalization;

namespace Bookstore.Views;

/// <summary>The last words of a run.</summary>
internal static class Summary
{
    public static string Of(BoardPicture picture, OrderFigures orders, bool isDone) => string.Join(
        Environment.NewLine,
        [
            "",
            isDone ? "All orders have ended." : "Stopped; starting again goes on from here.",
            .. PlainView.Lines(picture, orders),
            string.Create(
                CultureInfo.InvariantCulture,
                $"          {picture.OrdersPerSecondOnAverage:N0} orders a second on average"),
            "Check the books with the command verify.",
        ]);
}
