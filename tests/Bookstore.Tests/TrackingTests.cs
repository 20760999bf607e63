using Bookstore.Commands;

namespace Bookstore.Tests;

public sealed class TrackingTests(AuditTests.EndedRun run) : IClassFixture<AuditTests.EndedRun>
{
    [Fact]
    public async Task Where_shows_an_order_with_its_shipments_waves_and_payments()
    {
        string said = await SayAsync("where", "S1-000001");

        Assert.Contains("orders/complete", said, StringComparison.Ordinal);
        Assert.Contains("S1-000001@", said, StringComparison.Ordinal);
        Assert.Contains("payments/charged", said, StringComparison.Ordinal);
        Assert.Contains("waves/walk", said, StringComparison.Ordinal);
        Assert.Contains("given to the carrier", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_and_export_have_every_order_and_all_are_in_the_warehouse()
    {
        string history = await SayAsync("history");
        string export = await SayAsync("export");

        string[] orders = [.. history.Split('\n').Where(line => line.StartsWith("S1-", StringComparison.Ordinal))];
        Assert.Equal(40, orders.Length);
        Assert.All(orders, order => Assert.Contains("in the warehouse", order, StringComparison.Ordinal));
        Assert.Equal(1 + 40, export.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task What_is_not_known_is_named()
    {
        Assert.Contains("Nothing is known of X-1", await SayAsync("where", "X-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bottleneck_command_lists_every_node_with_work()
    {
        string said = await SayAsync("bottleneck", "--minutes", "60");

        Assert.Contains("fulfilment/ship", said, StringComparison.Ordinal);
        Assert.Contains("waves/walk", said, StringComparison.Ordinal);
    }

    private async Task<string> SayAsync(params string[] words)
    {
        await using StringWriter output = new();
        await CommandLine.Create(output)
            .Parse([.. words, "--store", $"sqlite:{run.Store}"])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        return output.ToString();
    }
}
