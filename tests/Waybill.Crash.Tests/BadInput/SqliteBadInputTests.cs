using Waybill.Crash.Tests.Sites;

namespace Waybill.Crash.Tests.BadInput;

public sealed class SqliteBadInputTests : BadInputTests
{
    private protected override async Task<CrashSite> CreateSiteAsync() => await SqliteSite.CreateAsync();

    private protected override Task DamageAsync(CrashSite site, ElementId element, string data) => site.ExecuteAsync(
        [$"update element set data = cast(x'{Hex(data)}' as text) where id = x'{element.Value:N}'"]);
}
