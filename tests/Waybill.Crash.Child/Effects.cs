using System.Globalization;

namespace Waybill.Crash.Child;

/// <summary>
/// What hops write to the application's own tables: a row of its own, a running balance, and for the node with
/// per-key order the last number that it saw. A second effect of a hop would break the row's key, a lost one the sums.
/// </summary>
internal static class Effects
{
    /// <summary>The tables, in SQL that all stores understand; one row per account in balances and lanes.</summary>
    public static IReadOnlyList<string> Schema { get; } =
    [
        """
        create table effect (
            element text not null, hop integer not null, node text not null, account integer not null,
            amount bigint not null, primary key (element, hop))
        """,
        "create table balance (account integer primary key, total bigint not null)",
        "create table boarding (wave text not null, member text not null, primary key (wave, member))",
        "create table lane (account integer primary key, number integer not null)",
        .. Enumerable.Range(0, Parcel.Accounts).SelectMany(Account),
    ];

    public static IEnumerable<SiteWrite> Of<TData>(Element<TData> element, int account, long amount) =>
    [
        new SqlWrite(
            """
            insert into effect (element, hop, node, account, amount)
            values (@element, @hop, @node, @account, @amount)
            """,
            ("element", element.Id.ToString()),
            ("hop", element.Hop),
            ("node", element.Node.Node),
            ("account", account),
            ("amount", amount)) { ExpectRows = 1 },
        new SqlWrite(
            "update balance set total = total + @amount where account = @account",
            ("amount", amount),
            ("account", account))
        {
            ExpectRows = 1,
            Locks = [$"balance/{account}"],
        },
    ];

    /// <summary>Notes that a wave took a member along.</summary>
    public static SiteWrite Boards(ElementId wave, ElementId member) => new SqlWrite(
        "insert into boarding (wave, member) values (@wave, @member)",
        ("wave", wave.ToString()),
        ("member", member.ToString()))
    {
        ExpectRows = 1,
    };

    /// <summary>Refused when a later number of the account was here before.</summary>
    public static SiteWrite InOrder(Parcel parcel) => new SqlWrite(
        "update lane set number = @number where account = @account and number < @number",
        ("number", parcel.Number),
        ("account", parcel.Account))
    {
        ExpectRows = 1,
        Locks = [$"lane/{parcel.Account}"],
    };

    private static IEnumerable<string> Account(int account)
    {
        string key = account.ToString(CultureInfo.InvariantCulture);
        yield return $"insert into balance (account, total) values ({key}, 0)";
        yield return $"insert into lane (account, number) values ({key}, -1)";
    }
}
