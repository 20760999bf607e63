using System.Collections.Concurrent;
using Npgsql;
using Waybill.Postgres.Connections;

namespace Waybill.Postgres;

/// <summary>
/// Addresses of nodes and the numbers that stand for them in rows. A number is given once and never changes, so both
/// directions are remembered for good.
/// </summary>
internal sealed class NodeNumbers(Listings listings)
{
    private readonly ConcurrentDictionary<NodeAddress, int> numbers = new();
    private readonly ConcurrentDictionary<int, NodeAddress> addresses = new();

    /// <summary>The number of an address that was learned.</summary>
    public int this[NodeAddress address] => numbers[address];

    /// <summary>The address of a number that was learned.</summary>
    public NodeAddress this[int number] => addresses[number];

    /// <summary>Makes sure that all addresses have numbers, in a transaction of its own.</summary>
    public ValueTask LearnAsync(IEnumerable<NodeAddress> wanted, CancellationToken cancel)
    {
        List<NodeAddress>? unknown = null;
        foreach (NodeAddress address in wanted)
        {
            if (!numbers.ContainsKey(address))
                (unknown ??= []).Add(address);
        }

        return unknown is null ? ValueTask.CompletedTask : new ValueTask(NumberAsync(unknown, cancel));
    }

    /// <summary>Makes sure that numbers that were read are known; another process may have given them.</summary>
    public ValueTask LearnAsync(IEnumerable<int> read, CancellationToken cancel)
    {
        foreach (int number in read)
        {
            if (!addresses.ContainsKey(number))
                return new ValueTask(ReadAllAsync(cancel));
        }

        return ValueTask.CompletedTask;
    }

    private async Task NumberAsync(List<NodeAddress> unknown, CancellationToken cancel)
    {
        Query insert = new("insert into waybill.node (workflow, version, node)");
        insert.Then("select * from unnest(@::text[]", Arg.Texts([.. unknown.Select(address => address.Workflow)]));
        insert.Then(", @::integer[]", Arg.Ints([.. unknown.Select(address => address.Version)]));
        insert.Then(", @::text[]) order by 1, 2, 3", Arg.Texts([.. unknown.Select(address => address.Node)]));
        insert.Then("on conflict do nothing");
        await listings.WriteAsync(insert, cancel);
        await ReadAllAsync(cancel);
    }

    private async Task ReadAllAsync(CancellationToken cancel)
    {
        List<(int Number, NodeAddress Address)> all = await listings.ReadAsync(
            new Query("select id, workflow, version, node from waybill.node"), ToNode, cancel);
        foreach ((int number, NodeAddress address) in all)
        {
            numbers[address] = number;
            addresses[number] = address;
        }
    }

    private static (int Number, NodeAddress Address) ToNode(NpgsqlDataReader row) =>
        (row.GetInt32(0), new NodeAddress(row.GetString(1), row.GetInt32(2), row.GetString(3)));
}
