namespace Waybill;

/// <summary>How many runs may begin in a span.</summary>
/// <param name="Runs">How many.</param>
/// <param name="Per">The span.</param>
internal sealed record RateLimit(int Runs, TimeSpan Per);
