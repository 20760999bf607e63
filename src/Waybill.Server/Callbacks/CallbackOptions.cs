using System.Net;

namespace Waybill.Server.Callbacks;

/// <summary>How callbacks are delivered, and to whom.</summary>
public sealed class CallbackOptions
{
    /// <summary>The <c>source</c> of events: which site they come from. Default: <c>urn:waybill:site</c>.</summary>
    public string Source { get; set; } = "urn:waybill:site";

    /// <summary>Whether addresses with <c>http:</c> are taken. Default: false, only <c>https:</c>.</summary>
    public bool AllowsHttp { get; set; }

    /// <summary>
    /// Hosts that may have addresses which are not public, by exact name, for example <c>shop.internal</c>. Default:
    /// none.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Networks that may be connected to although they are not public, for example <c>10.20.0.0/16</c>. Default: none.
    /// </summary>
    public IList<IPNetwork> AllowedNetworks { get; } = [];

    /// <summary>How long one attempt may take, from the name's resolution to the answer. Default: 15 seconds.</summary>
    public TimeSpan AttemptTimeMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the secret before the last rotation is signed with too. Default: 1 day.</summary>
    public TimeSpan RotationOverlap { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long it is remembered that a ticket's end is to be told. Default: 400 days.</summary>
    public TimeSpan OrderRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long after a ticket's end it is remembered whom it was told. Default: 30 days.</summary>
    public TimeSpan ReplayRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the journal is looked at for tickets that ended. Default: half a second.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
