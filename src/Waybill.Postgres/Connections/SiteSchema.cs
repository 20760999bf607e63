namespace Waybill.Postgres.Connections;

/// <summary>
/// The schema of one site. SQL is written for the schema <c>waybill</c> and moved to the site's own here.
/// </summary>
internal sealed class SiteSchema(string name)
{
    private const string Written = "waybill.";

    private readonly string prefix = $"\"{name}\".";

    public string Name { get; } = name;

    /// <summary>The channel of notifications about arrivals.</summary>
    public string Channel { get; } = $"{name}_arrived";

    public string Place(string sql) => sql.Replace(Written, prefix, StringComparison.Ordinal);
}
