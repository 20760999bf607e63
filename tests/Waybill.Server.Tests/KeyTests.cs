using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Stores;

namespace Waybill.Server.Tests;

public sealed class KeyTests
{
    [Fact]
    public async Task An_admin_makes_a_key_and_its_secret_is_told_once()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        JsonElement issued = await admin.PostAsync(
            "/v1/keys", """{"name":"shop","role":"submitter","workflows":["parcels"]}""").JsonAsync(201);
        string secret = issued.GetProperty("secret").GetString()!;
        string listed = (await admin.FetchAsync("/v1/keys").JsonAsync()).GetRawText();

        await host.With(secret).FetchAsync("/v1/elements").JsonAsync();
        Assert.Contains(issued.GetProperty("key").GetProperty("prefix").GetString()!, listed);
        Assert.DoesNotContain(secret[12..], listed);
        Assert.DoesNotContain("hash", listed);
    }

    [Fact]
    public async Task A_secret_is_nowhere_in_the_store()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);

        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("shop", ServerRole.Reader));
        foreach (string kind in new[] { "api-key", "audit" })
        {
            Page<StoredRecord> records = await host.Site.Store.Records.ListAsync(
                new RecordFilter(kind), new PageRequest(), default);
            Assert.NotEmpty(records.Items);
            Assert.All(records.Items, record => Assert.DoesNotContain(
                issued.Secret[12..], System.Text.Encoding.UTF8.GetString(record.Value.Span)));
        }

        Assert.DoesNotContain(issued.Secret[12..], issued.ToString());
    }

    [Fact]
    public async Task A_rotated_key_works_with_both_secrets_until_the_overlap_ends()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("shop", ServerRole.Reader));

        JsonElement rotated = await admin.PostAsync(
            $"/v1/keys/{issued.Key.Prefix}/rotate", """{"overlapSeconds":60}""").JsonAsync();
        string next = rotated.GetProperty("secret").GetString()!;

        await host.With(issued.Secret).FetchAsync("/v1/elements").JsonAsync();
        await host.With(next).FetchAsync("/v1/elements").JsonAsync();
        host.Site.Time.Advance(TimeSpan.FromSeconds(61));
        await host.With(issued.Secret).FetchAsync("/v1/elements").ProblemAsync(401);
        await host.With(next).FetchAsync("/v1/elements").JsonAsync();
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_and_an_expired_one_in_time()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        IssuedApiKey revoked = await host.IssueAsync(new NewApiKey("a", ServerRole.Reader));
        IssuedApiKey expiring = await host.IssueAsync(new NewApiKey("b", ServerRole.Reader)
        {
            ExpiresAt = host.Site.Time.GetUtcNow().AddMinutes(1),
        });

        await host.With(revoked.Secret).FetchAsync("/v1/elements").JsonAsync();
        await admin.PostAsync($"/v1/keys/{revoked.Key.Prefix}/revoke", "{}").JsonAsync();
        await host.With(revoked.Secret).FetchAsync("/v1/elements").ProblemAsync(401);
        await host.With(expiring.Secret).FetchAsync("/v1/elements").JsonAsync();
        host.Site.Time.Advance(TimeSpan.FromMinutes(1));
        await host.With(expiring.Secret).FetchAsync("/v1/elements").ProblemAsync(401);
    }

    [Fact]
    public async Task A_key_that_another_process_revoked_stops_when_what_is_known_is_old()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("a", ServerRole.Reader));
        await host.With(issued.Secret).FetchAsync("/v1/elements").JsonAsync();

        await host.Site.Store.Records.WriteAsync(
            [new RecordWrite(new RecordKey("api-key", issued.Key.Prefix), null)], default);
        await host.With(issued.Secret).FetchAsync("/v1/elements").JsonAsync();
        host.Site.Time.Advance(TimeSpan.FromSeconds(2));

        await host.With(issued.Secret).FetchAsync("/v1/elements").ProblemAsync(401);
    }

    [Theory]
    [InlineData("""{"name":"","role":"reader"}""")]
    [InlineData("""{"name":"x","role":"king"}""")]
    [InlineData("""{"name":"x","role":1}""")]
    [InlineData("""{"name":"x","role":"reader","workflows":["none"]}""")]
    [InlineData("""{"name":"x","role":"admin","workflows":["parcels"]}""")]
    [InlineData("""{"name":"x","role":"reader","expiresAt":"2001-01-01T00:00:00Z"}""")]
    public async Task A_key_that_makes_no_sense_is_refused(string json)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        Assert.Equal("invalid-input", await admin.PostAsync("/v1/keys", json).ProblemAsync(400));
    }

    [Fact]
    public async Task The_first_key_is_written_to_a_file_for_this_user_only()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("waybill").FullName, "first-key");

        await using ServerHost host = await ServerHost.StartAsync([], options => options.FirstKeyFile = file);
        string secret = (await File.ReadAllTextAsync(file)).Trim();

        await host.With(secret).FetchAsync("/v1/keys").JsonAsync();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single((await host.Services.GetRequiredService<ApiKeys>().ListAsync()).Items);
    }

    [Fact]
    public async Task The_first_keys_file_takes_the_place_of_one_that_others_can_read()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("waybill").FullName, "first-key");
        await File.WriteAllTextAsync(file, new string('x', 1000));

        await using ServerHost host = await ServerHost.StartAsync([], options => options.FirstKeyFile = file);

        await host.With((await File.ReadAllTextAsync(file)).Trim()).FetchAsync("/v1/keys").JsonAsync();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_locks_nobody_else_out()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        byte[] newer = """{"name":"x","role":"auditor","createdAt":"2026-01-31T12:00:00Z","hash":""}"""u8.ToArray();

        RecordWrite unknown = new(new RecordKey("api-key", "newerkey"), newer);
        await host.Site.Store.Records.WriteAsync([unknown], default);
        host.Site.Time.Advance(TimeSpan.FromMinutes(1));

        await reader.FetchAsync("/v1/elements").JsonAsync();
    }

    [Fact]
    public async Task A_reason_that_no_trail_can_keep_is_the_clients_mistake()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("shop", ServerRole.Reader));
        string body = $$"""{"reason":"{{new string('x', 2_000_000)}}"}""";

        Assert.Equal(
            "too-large", await admin.PostAsync($"/v1/keys/{issued.Key.Prefix}/revoke", body).ProblemAsync(413));
        await host.With(issued.Secret).FetchAsync("/v1/elements").JsonAsync();
    }

    [Fact]
    public async Task What_admins_do_is_in_the_audit_trail()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        await admin.PostAsync("/v1/keys", """{"name":"shop","role":"reader","reason":"new shop"}""").JsonAsync(201);
        JsonElement acts = (await admin.FetchAsync("/v1/audit").JsonAsync()).GetProperty("items");

        JsonElement act = acts[acts.GetArrayLength() - 1];
        Assert.Equal("keys.create", act.GetProperty("act").GetString());
        Assert.StartsWith("a Admin (wb_", act.GetProperty("by").GetString());
        Assert.Equal("new shop", act.GetProperty("reason").GetString());
        Assert.Equal("done", act.GetProperty("outcome").GetString());
        Assert.Equal(1, act.GetProperty("count").GetInt64());
    }
}
