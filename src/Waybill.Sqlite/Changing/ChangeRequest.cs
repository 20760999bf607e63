using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Changing;

/// <summary>What spreading a request takes to know of it.</summary>
internal sealed record ChangeRequest(
    long Number, ChangeId Id, string Type, ReadOnlyMemory<byte> Payload, ElementId Element, bool Spreads,
    string Concerned, string PastReturn)
{
    /// <summary>The columns in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "r.number, r.id, r.type, r.payload, r.element, r.spreads, r.concerned, r.past_return";

    /// <summary>The first column behind those.</summary>
    public const int Next = 8;

    public bool IsCancel => Type == NewChange.CancelType;

    /// <summary>Whether elements of the node's workflow get an outcome.</summary>
    public bool IsConcern(NodeAddress node) =>
        IsCancel || IsLineOf(Concerned, $"{node.Workflow}:{node.Version}");

    public bool IsPastReturn(NodeAddress node) => IsLineOf(PastReturn, node.ToString());

    public static ChangeRequest Read(Statement row) => new(
        row.Long(0), row.Change(1), row.Text(2), row.IsNull(3) ? default : row.Bytes(3), row.Id(4), row.Long(5) != 0,
        row.Text(6), row.Text(7));

    private static bool IsLineOf(string lines, string line)
    {
        foreach (ReadOnlySpan<char> one in lines.AsSpan().EnumerateLines())
        {
            if (one.SequenceEqual(line))
                return true;
        }

        return false;
    }
}
