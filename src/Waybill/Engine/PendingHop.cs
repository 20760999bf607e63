using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>A finished run, ready to be committed.</summary>
/// <param name="Hop">What the store writes.</param>
/// <param name="HandOverTo">
/// The node of this process that gets the element after the commit; a place there is reserved.
/// </param>
internal sealed record PendingHop(Hop Hop, NodeRunner? HandOverTo);
