using Bookstore.Views;
using Waybill;

namespace Bookstore.Tests;

public sealed class BoardRowsTests
{
    private static readonly NodeRow[] Nodes =
    [
        .. from workflow in (string[])["orders", "fulfilment", "waves"]
           from node in Enumerable.Range(1, workflow == "waves" ? 1 : 8)
           select new NodeRow(new NodeAddress(workflow, 1, $"n{node}"), node, 1, 10, 0, 0, 0.5),
    ];

    [Fact]
    public void With_room_for_all_each_node_has_its_line() =>
        Assert.Equal(Nodes.Length, BoardRows.Fit(Nodes, room: 17).Count);

    [Fact]
    public void Without_room_for_all_the_first_workflows_keep_their_nodes()
    {
        IReadOnlyList<BoardRow> rows = BoardRows.Fit(Nodes, room: 12);

        Assert.Equal(10, rows.Count);
        Assert.Equal("orders/n8", rows[7].Name);
        Assert.Equal(new BoardRow("fulfilment (8 nodes)", 36, 8, 80, 0, 0, 4), rows[8]);
        Assert.Equal("waves/n1", rows[9].Name);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 2)]
    [InlineData(-5, 0)]
    public void There_are_never_more_lines_than_there_is_room(int room, int lines) =>
        Assert.Equal(lines, BoardRows.Fit(Nodes, room).Count);
}
