namespace Waybill.Services;

/// <summary>
/// Says on the implementation of a service with asynchronous operations which workflows their tickets are of. Whoever
/// may call the service may follow tickets of these alone; the site's others are not found there. Two services whose
/// implementations start the same workflow can follow each other's tickets of it.
/// </summary>
/// <param name="workflows">Their names; also those of former workflows whose tickets are still asked for.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StartsAttribute(params string[] workflows) : Attribute
{
    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Workflows { get; } = workflows;
}
