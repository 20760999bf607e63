using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Waybill.Services.Http;

/// <summary>
/// An answer that is worked out when the request is through the pipeline behind <see cref="Problems.UseProblems"/>. A
/// request that waits for a minute then keeps nothing of that alive, neither middleware nor scoped services: 2 KB less
/// for each that waits.
/// </summary>
internal sealed class LateAnswer
{
    private Func<Task<IResult>>? work;

    /// <summary>Leaves the work for later, where somebody comes back to it; else does it now.</summary>
    /// <returns>What the endpoint returns.</returns>
    public static Task<IResult> WorkAsync(HttpContext context, Func<Task<IResult>> work)
    {
        if (context.Features.Get<LateAnswer>() is not { } late)
            return work();
        late.work = work;
        return Task.FromResult(Results.Empty);
    }

    /// <summary>Does the work that was left, if any, and writes its result.</summary>
    public async Task GiveAsync(HttpContext context, IServiceScopeFactory scopes)
    {
        if (work is null)
            return;
        // What the work asks for comes from a new scope, which is made when that happens.
        if (context.Features.Get<IServiceProvidersFeature>() is RequestServicesFeature used)
        {
            context.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(context, scopes));
            await used.DisposeAsync();
        }

        IResult result = await work();
        await result.ExecuteAsync(context);
    }
}
