namespace Waybill.Server;

/// <summary>An API key as it is listed: all but its secret, which nobody keeps.</summary>
/// <param name="Prefix">The visible part: 8 of the characters a-z and 0-9, unique at the site.</param>
/// <param name="Name">Whose key it is, or for what.</param>
/// <param name="Role">What its holder may do.</param>
/// <param name="Workflows">The workflows that it is limited to; empty for all.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">When it stops working; null for never.</param>
/// <param name="RotatedAt">When it got its present secret, if that is not its first.</param>
/// <param name="FormerSecretUntil">Until when the secret before that works too; null when it does not.</param>
public sealed record ApiKey(
    string Prefix, string Name, ServerRole Role, IReadOnlyList<string> Workflows, DateTimeOffset CreatedAt,
    string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RotatedAt, DateTimeOffset? FormerSecretUntil);

/// <summary>A key that is to be made.</summary>
/// <param name="Name">Whose key it is, or for what: 1 to 100 characters.</param>
/// <param name="Role">What its holder may do.</param>
public sealed record NewApiKey(string Name, ServerRole Role)
{
    /// <summary>Names of workflows that it is limited to, at most 100; empty (the default) for all.</summary>
    public IReadOnlyList<string> Workflows { get; init; } = [];

    /// <summary>When it stops working; null (the default) for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key with its secret, which is shown this once.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">The whole text that its holder sends: <c>wb_prefix_secret</c>.</param>
public sealed record IssuedApiKey(ApiKey Key, string Secret)
{
    /// <summary>The visible part alone: what is printed must not hold the secret.</summary>
    public override string ToString() => $"{Key.Name} (wb_{Key.Prefix}_…)";
}
