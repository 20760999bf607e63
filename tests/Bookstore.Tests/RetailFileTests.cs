using Bookstore.Feeds;
using Bookstore.Ordering;
using Bookstore.Outside;

namespace Bookstore.Tests;

public sealed class RetailFileTests
{
    private const string Header = "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country";

    [Fact]
    public void Byte_order_mark_semicolons_decimal_commas_and_stray_characters_are_read()
    {
        RetailFile file = Read(
            "\uFEFF", "536367;84879;\u0007POPPY'S  PLAYHOUSE\uFFFD ;6;1/12/2010 08:34;2,1;13047;United Kingdom");

        RetailRow row = Assert.Single(file.Rows);
        Assert.Equal(
            new RetailRow(2, "536367", "84879", "POPPY'S PLAYHOUSE", 6, new Money(210), "13047", "United Kingdom"),
            row);
        Assert.Equal(new Money(1260), file.Total);
    }

    [Theory]
    [InlineData("1;A;x;6;1/12/2010 08:34;2,1;13047", "the number of columns is not that of the header")]
    [InlineData("1;A;x;six;1/12/2010 08:34;2,1;13047;UK", "\"six\" is not a quantity")]
    [InlineData("1;A;x;9999999999999999999;1/12/2010 08:34;2,1;13047;UK", "\"9999999999999999999\" is not a quantity")]
    [InlineData(
        "1;A;x;-9223372036854775808;1/12/2010 08:34;2;1;UK",
        "-9223372036854775808 pieces at 2 is not an amount in pence")]
    [InlineData(
        "1;A;x;1;1/12/2010 08:34;79228162514264337593543950335;1;UK",
        "1 pieces at 79228162514264337593543950335 is not an amount in pence")]
    [InlineData("1;A;x;6;1/12/2010 08:34;2,1,0;13047;UK", "\"2,1,0\" is not a price")]
    [InlineData("1;A;x;6;1/12/2010 08:34;0,001;13047;UK", "6 pieces at 0,001 is not an amount in pence")]
    [InlineData("1;A;x;6;31/31/2010;2,1;13047;UK", "\"31/31/2010\" is not a date")]
    [InlineData("1;A;x;6;1/12/2010 08:34;0;13047;UK", "no price: a note about stock, not a sale")]
    [InlineData("1;A;x;6;1/12/2010 08:34;-2,1;13047;UK", "a negative price")]
    [InlineData("1;A;x;-6;1/12/2010 08:34;2,1;13047;UK", "a sale of pieces that are taken away")]
    [InlineData("C1;A;x;6;1/12/2010 08:34;2,1;13047;UK", "a cancellation of pieces that are added")]
    [InlineData(";A;x;6;1/12/2010 08:34;2,1;13047;UK", "no invoice number")]
    [InlineData("1;;x;6;1/12/2010 08:34;2,1;13047;UK", "no stock code")]
    [InlineData("1;A;x;0;1/12/2010 08:34;2,1;13047;UK", "no pieces")]
    public void A_bad_row_is_left_out_with_its_line_and_reason_and_the_rest_goes_on(string bad, string reason)
    {
        RetailFile file = Read("", "7;A;good;1;1/12/2010 08:34;1;1;UK", bad, "8;A;good;1;1/12/2010 08:34;1;1;UK");

        Assert.Equal(new RefusedRow(3, reason), Assert.Single(file.Refused));
        Assert.Equal(["7", "8"], file.Rows.Select(row => row.Invoice));
    }

    [Fact]
    public void A_stray_quote_spoils_its_own_row_only()
    {
        RetailFile file = Read("", "7;A;\"torn;1;1/12/2010 08:34;1;1;UK", "8;A;24\" sign;1;1/12/2010 08:34;1;1;UK");

        Assert.Equal(2, Assert.Single(file.Refused).Line);
        Assert.Equal("24\" sign", Assert.Single(file.Rows).Description);
    }

    [Fact]
    public void A_header_that_lacks_columns_is_named()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => RetailFile.Read("orders.csv", new StringReader("InvoiceNo;StockCode\n")));

        Assert.Contains("Quantity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancellation_returns_the_last_sale_of_that_article_to_that_customer()
    {
        RetailFeed feed = FeedOf(
            "1;A;x;5;1/12/2010 08:34;2;77;UK",
            "2;A;x;3;1/12/2010 08:35;2;77;UK",
            "3;A;x;9;1/12/2010 08:35;2;88;UK",
            "C4;A;x;-3;1/12/2010 09:00;2;77;UK");

        GoodsReturned back = Assert.IsType<GoodsReturned>(Assert.Single(feed.At(3)));
        Assert.Equal("2", back.Return.Order);
        Assert.True(back.Return.IsWholeOrder);
        Assert.Equal(3, Assert.Single(back.Return.Lines).Quantity);
    }

    [Fact]
    public void A_cancellation_of_nothing_in_the_file_is_left_out()
    {
        RetailFeed feed = FeedOf("1;A;x;5;1/12/2010 08:34;2;77;UK", "C4;A;x;-6;1/12/2010 09:00;2;77;UK");

        Assert.Equal(new RefusedRow(3, "C4 cancels no sale of this file"), Assert.Single(feed.Refused));
        Assert.Equal(1, feed.Count);
    }

    [Fact]
    public void A_sale_without_a_customer_is_a_guests()
    {
        RetailFeed feed = FeedOf("1;A;x;5;1/12/2010 08:34;2;;UK");

        Order order = Assert.IsType<OrderPlaced>(Assert.Single(feed.At(0))).Order;
        Assert.Equal("guest", order.CustomerId);
        Assert.Contains(feed.Customers, customer => customer.Id == "guest");
    }

    [Fact]
    public void Orders_less_returns_and_rows_left_out_make_up_the_files_total()
    {
        RetailFeed feed = FeedOf(
            "1;A;x;5;1/12/2010 08:34;2,5;77;UK",
            "1;B;y;1;1/12/2010 08:34;10;77;UK",
            "C2;A;x;-2;1/12/2010 09:00;2,5;77;UK",
            "C3;Z;z;-1;1/12/2010 09:00;4;77;UK",
            "4;B;y;-1;1/12/2010 09:00;10;77;UK");

        Assert.True(feed.Totals.IsBalanced);
        Assert.Equal(new Money(2250), feed.Totals.Ordered);
        Assert.Equal(new Money(500), feed.Totals.Returned);
        Assert.Equal(new Money(-1400), feed.Totals.LeftOut);
        Assert.Equal(new Money(350), feed.Totals.FileTotal);
    }

    private static RetailFeed FeedOf(params string[] rows) => new(Read("", rows), null, new Chance(1));

    private static RetailFile Read(string mark, params string[] rows) =>
        RetailFile.Read("orders.csv", new StringReader(mark + string.Join("\r\n", rows.Prepend(Header))));
}
