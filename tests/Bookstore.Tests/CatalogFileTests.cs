using Bookstore.Domains;
using Bookstore.Feeds;
using Bookstore.Outside;

namespace Bookstore.Tests;

public sealed class CatalogFileTests
{
    private const string Header =
        "book_id,isbn,authors,original_publication_year,title,language_code,average_rating,ratings_count";

    [Fact]
    public void Isbns_get_their_zeros_back_and_books_without_one_go_by_their_number()
    {
        CatalogFile file = Read(
            "1,439023483,Suzanne Collins,2008.0,\"The Hunger Games (The Hunger Games, #1)\",eng,4.34,4780653",
            "121,,\"Vladimir Nabokov, Craig Raine\",,Lolita,,3.88,469836",
            "3,31606792X,Homer,-720.0,The  Odyssey ,eng,3.73,670326");

        Assert.Equal(["0439023483", "book-121", "031606792X"], file.Articles.Select(article => article.Sku));
        Assert.Equal("The Hunger Games (The Hunger Games, #1)", file.Articles[0].Title);
        Assert.Equal("The Odyssey", file.Articles[2].Title);
        Assert.Equal(4780653, file.Articles[0].Popularity);
        Assert.Equal(1, file.WithoutIsbn);
        Assert.Empty(file.Refused);
    }

    [Fact]
    public void Bad_rows_are_left_out_with_their_line_and_reason()
    {
        CatalogFile file = Read(
            "1,1,Author,2000,,eng,4,10",
            "2,2,Author,2000,Title,eng,4,many",
            "3,3,Author,2000,Title,eng,4",
            "4,4,Author,2000,Title,eng,4,10",
            "5,4,Author,2000,Title,eng,4,10");

        Assert.Equal(
            [
                new RefusedRow(2, "no title"),
                new RefusedRow(3, "\"many\" is not a count of ratings"),
                new RefusedRow(4, "the number of columns is not that of the header"),
                new RefusedRow(6, "0000000004 is in the list twice"),
            ],
            file.Refused);
        Assert.Equal("0000000004", Assert.Single(file.Articles).Sku);
    }

    [Fact]
    public void A_price_is_the_same_each_time_the_file_is_read()
    {
        string[] rows = ["1,1,A,2000,T,eng,4,10", "2,2,A,2000,T,eng,4,10"];

        Assert.Equal(Read(rows).Articles.Select(book => book.Price), Read(rows).Articles.Select(book => book.Price));
    }

    private static CatalogFile Read(params string[] rows) =>
        CatalogFile.Read("books", new StringReader(string.Join('\n', rows.Prepend(Header))), new Chance(1));
}
