namespace Waybill;

/// <summary>
/// All runs of an element at a node were used up by processes that died with it, or lost their epoch: it may be what
/// brings them down.
/// </summary>
public sealed class RunsDiedException(int runs)
    : Exception($"The element was begun {runs} time(s) at this node, and each time the process died or lost its epoch.")
{
    /// <summary>How many runs were used up.</summary>
    public int Runs { get; } = runs;
}
