namespace Waybill;

/// <summary>What a site's definition says of a node, for those who measure it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Purpose">What it is for; null when nothing was said.</param>
/// <param name="ConcurrencyMax">How many runs may go on at once in one process.</param>
public sealed record NodeOutline(NodeAddress Node, string? Purpose, int ConcurrencyMax);
