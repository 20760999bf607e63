using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill;

namespace Bookstore.Commands;

/// <summary>Prints the pipeline from the definitions that run.</summary>
public sealed class PipelineCommand(TextWriter output)
{
    public async Task<int> RunAsync()
    {
        using Notices notices = new(Console.Error);
        using IHost host = Site.Build(new SiteOrder { IsReadOnly = true }, notices);
        await output.WriteAsync(host.Services.GetRequiredService<SiteClient>().DescribePipeline());
        return 0;
    }
}
