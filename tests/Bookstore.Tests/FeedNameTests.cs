using Bookstore.Feeds;
using Bookstore.Outside;

namespace Bookstore.Tests;

public sealed class FeedNameTests : IDisposable
{
    private const string Header = "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bookstore-feeds-");

    [Fact]
    public void Another_file_of_the_same_name_is_another_feed()
    {
        string monday = Write("monday", "1;A;Iron;6;1/12/2010 08:34;2,1;13047;UK");
        string tuesday = Write("tuesday", "2;A;Iron;6;2/12/2010 08:34;2,1;13047;UK");

        Assert.NotEqual(NameOf(monday), NameOf(tuesday));
    }

    [Fact]
    public void A_file_that_was_moved_is_the_same_feed()
    {
        string before = Write("before", "1;A;Iron;6;1/12/2010 08:34;2,1;13047;UK");
        string after = Write("after", "1;A;Iron;6;1/12/2010 08:34;2,1;13047;UK");

        Assert.Equal(NameOf(before), NameOf(after));
    }

    [Fact]
    public void Orders_of_another_catalogue_are_another_feed()
    {
        Chance chance = new(1);

        Assert.NotEqual(new SeededFeed(chance, [], 10).Name, new SeededFeed(chance, [], 10, "books").Name);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string NameOf(string file) => new RetailFeed(RetailFile.Read(file), null, new Chance(1)).Name;

    private string Write(string day, string row)
    {
        string file = Path.Combine(folder.CreateSubdirectory(day).FullName, "orders.csv");
        File.WriteAllText(file, $"{Header}\n{row}\n");
        return file;
    }
}
