using Waybill.Crash.Tests.Sites;

namespace Waybill.Crash.Tests.BadInput;

public sealed class PostgresBadInputTests(SharedPostgres postgres) : BadInputTests
{
    private protected override async Task<CrashSite> CreateSiteAsync() => await postgres.CreateSiteAsync();

    private protected override Task DamageAsync(CrashSite site, ElementId element, string data) => site.ExecuteAsync(
        [$"update waybill.element set data = '\\x{Hex(data)}' where id = '{element}'"]);
}
