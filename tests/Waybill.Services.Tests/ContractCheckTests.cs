namespace Waybill.Services.Tests;

public sealed class ContractCheckTests
{
    private static readonly ContractDescription Released = new(
        "shelf",
        1,
        [
            Operation("find", "Book", Given("isbn", "text"), Optional("corner", "Corner")),
            Operation("put", null, Given("books", "list of Book")),
        ],
        [
            new TypeDescription("Book", [Given("isbn", "text"), Optional("price", "decimal")], []),
            new TypeDescription("Corner", [], ["backWall", "window"]),
        ]);

    [Fact]
    public void A_contract_that_has_not_changed_breaks_nothing() =>
        Assert.Empty(ContractCheck.Compare(Released, ContractDescription.Parse(Released.ToJson())));

    [Fact]
    public void Additions_that_callers_need_not_know_break_nothing()
    {
        ContractDescription current = Released with
        {
            Operations =
            [
                Operation("burn", null),
                Operation("find", "Book", Given("isbn", "text"), Optional("corner", "Corner"), Optional("new", "text")),
                Operation("put", "Book", Given("books", "list of Book")),
            ],
            Types =
            [
                new TypeDescription(
                    "Book", [Given("isbn", "text"), Optional("price", "decimal"), Optional("x", "text")], []),
                new TypeDescription("Corner", [], ["attic", "backWall", "window"]),
            ],
        };

        Assert.Empty(ContractCheck.Compare(Released, current));
    }

    [Fact]
    public void Each_breaking_change_of_an_operation_is_named()
    {
        ContractDescription current = Released with
        {
            Operations =
            [
                Operation("find", "text", Given("isbn", "integer 64"), Given("corner", "Corner"), Given("shop", "text"))
                    with
                    {
                        IsIdempotent = false,
                        LatencyMs = 60,
                        Availability = 99,
                        DeadlineMs = 500,
                        IsAsynchronous = true,
                    },
            ],
        };

        Assert.Equal(
            [
                "find is answered with a ticket now.",
                "find is no longer idempotent, but callers try again.",
                "find promised 50 ms at 99 %, now 60 ms at 99 %.",
                "find promised 99.9 % availability, now 99 %.",
                "find ends after 500 ms now; callers could wait 1000 ms.",
                "find.isbn was text, now it is integer 64.",
                "find.corner must be given now.",
                "find.shop is new, and must be given.",
                "find's result was Book, now it is text.",
                "Operation put is gone.",
            ],
            ContractCheck.Compare(Released, current));
    }

    [Fact]
    public void A_type_breaks_by_the_way_it_travels()
    {
        ContractDescription current = Released with
        {
            Types =
            [
                new TypeDescription(
                    "Book", [Given("isbn", "text") with { MayBeNull = true }, Given("weight", "decimal")], []),
                new TypeDescription("Corner", [], ["attic", "window"]),
            ],
        };

        Assert.Equal(
            [
                "Corner no longer knows backWall.",
                "Book.isbn may be null now.",
                "Book.price is gone.",
                "Book.weight is new, and must be given.",
            ],
            ContractCheck.Compare(Released, current));
    }

    [Fact]
    public void The_name_of_a_type_is_not_on_the_wire()
    {
        ContractDescription current = ContractDescription.Parse(Released.ToJson().Replace("Book", "Volume"));

        Assert.Empty(ContractCheck.Compare(Released, current));
    }

    [Fact]
    public void Another_version_breaks_nobody() =>
        Assert.Empty(ContractCheck.Compare(Released, Released with { Version = 2, Operations = [] }));

    [Fact]
    public void A_contract_is_described_as_it_is_on_the_wire()
    {
        ContractDescription shelf = ContractDescription.Of<IShelf>();

        Assert.Equal(("shelf", 2), (shelf.Service, shelf.Version));
        Assert.Equal(["clear", "find", "put"], shelf.Operations.Select(operation => operation.Name));
        Assert.Equal(
            [
                new("books", "list of Book", true, false), new("corner", "Corner", false, false),
                new("note", "text", false, true),
            ],
            shelf.Operations[2].Arguments);
        Assert.Equal(("Book", true, true),
            (shelf.Operations[1].Result, shelf.Operations[1].ResultMayBeNull, shelf.Operations[1].IsIdempotent));
        Assert.Equal(
            [
                new("isbn", "text", true, false), new("price", "decimal", false, true),
                new("title", "text", true, false),
            ],
            shelf.Types[0].Members);
        Assert.Equal(["backWall", "window"], shelf.Types[1].Values);
        ContractCheck.Verify<IShelf>(shelf.ToJson());
    }

    [Fact]
    public void A_contract_that_breaks_its_release_does_not_pass()
    {
        string released = ContractDescription.Of<IShelf>().ToJson().Replace("\"price\"", "\"cost\"");

        ContractException broken = Assert.Throws<ContractException>(() => ContractCheck.Verify<IShelf>(released));

        Assert.Contains("Book.cost is gone.", broken.Message);
    }

    private static OperationDescription Operation(string name, string? result, params MemberDescription[] arguments) =>
        new(name, false, true, 1000, 50, 99, 99.9, arguments, result, false);

    private static MemberDescription Given(string name, string type) => new(name, type, true, false);

    private static MemberDescription Optional(string name, string type) => new(name, type, false, false);
}
