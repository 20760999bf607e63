using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Stores;

namespace Waybill.Server.Keys;

/// <summary>
/// Makes the first admin key of a site that has none, and writes it to a file that only this user can read. Its prefix
/// is always the same, so that of several processes that start at once only one makes it.
/// </summary>
internal sealed partial class FirstKey(
    SiteClient site, ApiKeys keys, IOptions<WaybillServerOptions> options, ILogger<FirstKey> log)
    : IHostedLifecycleService
{
    private const string Prefix = "firstkey";

    /// <summary>When all else has started: whoever opens the store may have been added later.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await site.Store.Records.CountAsync(new RecordFilter(KeyRecord.Kind), cancellationToken) > 0)
            return;
        if (options.Value.FirstKeyFile is not { } file)
        {
            LogNoKey();
            return;
        }

        // The file first: a key that nobody could read would lock everyone out. Under another name until the key is
        // made: of two processes that begin at once the slower must not empty the file of the faster.
        string draft = $"{Path.GetFullPath(file)}.{Environment.ProcessId}";
        IssuedApiKey? issued;
        await using (StreamWriter writer = new(draft, ForThisUser()))
        {
            issued = await keys.TryCreateAsync(
                new NewApiKey("first admin", ServerRole.Admin), Prefix, Caller.Host.Name, cancellationToken);
            await writer.WriteLineAsync(issued?.Secret);
        }

        if (issued is null)
        {
            File.Delete(draft);
            return;
        }

        File.Move(draft, file, overwrite: true);
        LogMade(file);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static FileStreamOptions ForThisUser()
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    [LoggerMessage(
        6001, LogLevel.Warning,
        "The site has no API key: nobody can call it over HTTP. Set FirstKeyFile, or make one with ApiKeys")]
    private partial void LogNoKey();

    [LoggerMessage(6002, LogLevel.Information, "The site had no API key; the first admin key was written to {File}")]
    private partial void LogMade(string file);
}
