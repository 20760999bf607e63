namespace Waybill.Server.Callbacks;

/// <summary>Somebody who is told of tickets' ends; without secrets.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where it is.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="DisabledBecause">Why nothing is sent to it; null while it is enabled.</param>
public sealed record CallbackEndpoint(
    string Id, string Name, Uri Url, DateTimeOffset CreatedAt, string? DisabledBecause);

/// <summary>An endpoint with its newest secret, which is shown once.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Secret"><c>whsec_…</c>.</param>
public sealed record CallbackSecretShown(CallbackEndpoint Endpoint, string Secret)
{
    /// <summary>The endpoint's id, without the secret.</summary>
    public override string ToString() => $"secret of callback endpoint {Endpoint.Id}";
}
