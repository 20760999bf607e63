using Bookstore.Desks;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>What a person can do with elements whose retries ran out.</summary>
public enum SidelinedAct
{
    /// <summary>Show them.</summary>
    List = 0,

    /// <summary>Show how many failed alike.</summary>
    Group = 1,

    /// <summary>Send them to their nodes again.</summary>
    Retry = 2,

    /// <summary>End them.</summary>
    Drop = 3,
}

/// <summary>Lists, groups, retries or drops sidelined elements of a site.</summary>
public sealed class SidelinedCommand(SidelinedAct act, SidelinedFilter filter) : IDeskCommand
{
    private readonly Actor person = new(Environment.UserName, "bookstore sidelined");

    public bool OnlyLooks => act is SidelinedAct.List or SidelinedAct.Group;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        SiteClient client = site.GetRequiredService<SiteClient>();
        SidelinedDesk desk = client.Sidelined;
        switch (act)
        {
            case SidelinedAct.Group:
                foreach (SidelinedGroup group in await desk.GroupAsync(filter, cancel))
                    await output.WriteLineAsync($"{group.Count,8}  {group.Node}  {group.FailureType}: {group.Message}");
                break;
            case SidelinedAct.Retry:
                await output.WriteLineAsync($"{await desk.RetryAsync(filter, person, cancel)} go on");
                break;
            case SidelinedAct.Drop:
                await output.WriteLineAsync($"{await desk.DropAsync(filter, person, cancel)} dropped");
                break;
            default:
                await ListAsync(client, output, cancel);
                break;
        }

        return 0;
    }

    private async Task ListAsync(SiteClient client, TextWriter output, CancellationToken cancel)
    {
        SidelinedDesk desk = client.Sidelined;
        Page<SidelinedElement> page = await desk.ListAsync(filter, cancel: cancel);
        foreach (SidelinedElement element in page.Items)
            await output.WriteLineAsync(
                $"{element.Id}  {element.BusinessKey}  {element.Node}  {MessageOf(element.Failure, client.Secrets)}");
        long all = await desk.CountAsync(filter, cancel);
        await output.WriteLineAsync($"{page.Items.Count} of {all}");
    }

    // What code said of an order is encrypted; a terminal that has the keys shows it.
    private static string MessageOf(Failure failure, SecretDesk secrets)
    {
        try
        {
            return secrets.Opened(failure).Message;
        }
        catch (RouteException)
        {
            return $"{failure.Type}, {failure.Message}";
        }
    }
}
