using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Waybill;

namespace Bookstore.Storage;

/// <summary>
/// The tables of the domains. Each belongs to one service of <c>Domains</c>; nobody else reads or writes it.
/// </summary>
public static class Schema
{
    private static readonly string[] Tables =
    [
        """
        CREATE TABLE IF NOT EXISTS shop_customer (
            id text PRIMARY KEY, name text NOT NULL, address text NOT NULL, country text NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_article (
            sku text PRIMARY KEY, title text NOT NULL, author text NOT NULL, price bigint NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_stock (
            sku text NOT NULL, centre text NOT NULL,
            on_hand bigint NOT NULL, reserved bigint NOT NULL, shipped bigint NOT NULL, received bigint NOT NULL,
            PRIMARY KEY (sku, centre))
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_allocation (
            order_number text NOT NULL, centre text NOT NULL, line integer NOT NULL,
            sku text NOT NULL, quantity bigint NOT NULL, price bigint NOT NULL,
            is_shipped integer NOT NULL, returned bigint NOT NULL,
            PRIMARY KEY (order_number, centre, line))
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_back_order (
            order_number text NOT NULL, sku text NOT NULL, missing bigint NOT NULL, needed bigint NOT NULL,
            round integer NOT NULL, is_on_order integer NOT NULL,
            PRIMARY KEY (order_number, sku))
        """,
        "CREATE INDEX IF NOT EXISTS shop_back_order_sku ON shop_back_order (sku)",
        """
        CREATE TABLE IF NOT EXISTS shop_account (
            order_number text PRIMARY KEY,
            authorised bigint NOT NULL, captured bigint NOT NULL, voided bigint NOT NULL, refunded bigint NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_entry (
            reference text PRIMARY KEY, order_number text NOT NULL, kind text NOT NULL, amount bigint NOT NULL)
        """,
        "CREATE TABLE IF NOT EXISTS shop_basket (order_number text PRIMARY KEY, customer text, skus text NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS shop_return (
            number text PRIMARY KEY, order_number text NOT NULL, amount bigint NOT NULL, is_refunded integer NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS shop_parcel (
            element text PRIMARY KEY, order_number text NOT NULL, customer text NOT NULL, centre text NOT NULL,
            tracking text NOT NULL, address text NOT NULL, written_at_hop integer NOT NULL,
            written_address text NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS shop_parcel_order ON shop_parcel (order_number)",
        """
        CREATE TABLE IF NOT EXISTS shop_rating (
            sku text PRIMARY KEY, hundredths integer NOT NULL, ratings bigint NOT NULL)
        """,
        "CREATE TABLE IF NOT EXISTS shop_feed (name text PRIMARY KEY, position bigint NOT NULL)",
    ];

    /// <exception cref="InvalidDataException">No bookstore has been run there yet.</exception>
    public static async Task RequireAsync(Database database, CancellationToken cancel)
    {
        try
        {
            await database.ReadAsync("SELECT count(*) FROM shop_feed", row => row.GetInt64(0), cancel);
        }
        catch (DbException error) when (error is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
            or SqliteException { SqliteErrorCode: 1 })
        {
            throw new InvalidDataException(
                "There are no books there to check: no bookstore has been run on this store. Run it once, or name "
                + "another store with --store.",
                error);
        }
    }

    /// <summary>
    /// Creates what is missing, and drops what earlier versions kept of customers' cards; harmless when repeated.
    /// </summary>
    public static async Task CreateAsync(Database database, CancellationToken cancel)
    {
        await database.WriteAsync([.. Tables.Select(Change)], cancel);
        if (await KeepsCardsAsync(database, cancel))
            await database.WriteAsync([Change("ALTER TABLE shop_customer DROP COLUMN card")], cancel);
    }

    private static SqlWrite Change(string sql) => new(sql) { Locks = ["schema of the shop"] };

    // One row in any case: with nulls when there are no customers.
    private static async Task<bool> KeepsCardsAsync(Database database, CancellationToken cancel) =>
        (await database.ReadAsync(
            "SELECT customer.* FROM (SELECT 1) AS one LEFT JOIN shop_customer AS customer ON 1 = 1 LIMIT 1",
            row => Enumerable.Range(0, row.FieldCount).Any(i => row.GetName(i) == "card"),
            cancel))
        .Single();
}
