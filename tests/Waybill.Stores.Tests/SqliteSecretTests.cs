using System.Text;
using Waybill.Sqlite;
using Waybill.Testing;

namespace Waybill.Stores.Tests;

/// <summary>Nothing of a secret is in any of the database's files.</summary>
public sealed class SqliteSecretTests
{
    private const string Secret = "4111222233334444";

    private static readonly Node<Payment> Pay = new("pay");
    private static readonly Node<Payment, Payment> Paid = new("paid");
    private static readonly Change<Payment> Instead = new("instead");

    [Fact]
    public async Task No_file_of_the_database_holds_a_secret_and_code_sees_it_all_the_same()
    {
        await using SqliteSite folder = new();
        SqliteStore store = await folder.OpenAsync();
        Workflow<Payment, Payment> bank = Workflow<Payment, Payment>.Named("bank").StartsAt(Pay)
            .Node(Pay, n => n.Run(e => Route.Finish(e.Data).Noting("charged", e.Data)).Finishes());
        Workflow<Payment, Payment> flow = Workflow<Payment, Payment>.Named("payments").StartsAt(Pay)
            .Node(Pay, n => n
                .Run(e => e.Data.Note switch
                {
                    "breaks" => throw new InvalidOperationException($"{e.Data.Card} was declined"),
                    "waits" => Route.Wait(Pay, e.Data, TimeSpan.FromDays(1)),
                    _ => Route.Call(bank.Call(e.Data), Paid, e.Data),
                })
                .GoesTo(Pay).Calls(bank, Paid).Retry(1, Backoff.None))
            .Node(Paid, n => n.Run((_, replies) => Route.Finish(replies.Single.Value)).Finishes())
            .Changes(Instead, c => c.AcceptedAt([Pay], (_, other) => Changed.To(other)))
            .Encrypts<Payment>(p => p.Card);
        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [flow, bank],
            Store = store,
            Time = folder.Time,
            Options = new SiteOptions { WorkerName = "test", Keys = SecretKeyRing.Parse(SecretKeyRing.NewLine("k")) },
        });

        foreach (string note in (string[])["calls", "breaks", "waits"])
            await site.Client.SubmitAsync(flow, note, new Payment(Secret, note));
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));
        await site.Client.Changes.RequestAsync(
            ElementRef.Of("payments", "waits"), Instead, new Payment($"9{Secret}", "waits"), new Actor("clerk"));
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));
        TicketStatus<Payment>? done = await site.Client.StatusAsync(flow, "calls");
        string withLog = Bytes(folder);
        await store.DisposeAsync();

        Assert.Equal(Secret, done!.Result!.Card);
        Assert.Contains("waits", withLog);
        Assert.DoesNotContain(Secret, withLog);
        Assert.DoesNotContain(Secret, Bytes(folder));
    }

    private static string Bytes(SqliteSite folder) => string.Concat(
        Directory.GetFiles(folder.Folder)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

    private sealed record Payment(string Card, string Note);
}
