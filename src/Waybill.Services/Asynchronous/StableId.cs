using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// An id that a request keeps when it is sent again with the same <c>Idempotency-Key</c>: whatever is made under it, is
/// made once.
/// </summary>
/// <param name="Value">The id.</param>
public sealed record StableId(Guid Value)
{
    /// <summary>
    /// The request's id; a new one when it has no <c>Idempotency-Key</c>, the same within the request.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="time">The clock of new ids.</param>
    public static Guid Of(HttpContext context, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(time);
        if (context.Features.Get<StableId>() is { } known)
            return known.Value;
        StableId made = New(time);
        context.Features.Set(made);
        return made.Value;
    }

    internal static StableId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));
}
