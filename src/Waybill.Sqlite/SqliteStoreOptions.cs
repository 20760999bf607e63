namespace Waybill.Sqlite;

/// <summary>How a <see cref="SqliteStore"/> uses its file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>
    /// Whether the store only looks: it takes no lock, also while another process writes, changes nothing, and
    /// everything that would write throws <see cref="InvalidOperationException"/>. Default: false.
    /// </summary>
    public bool ReadOnly { get; set; }
}
