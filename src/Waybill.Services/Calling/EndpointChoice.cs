namespace Waybill.Services.Calling;

/// <summary>Chooses the endpoint of an attempt: the less loaded of two that chance names.</summary>
internal static class EndpointChoice
{
    /// <param name="known">All endpoints; at least one.</param>
    /// <param name="tried">Those that this call has asked already.</param>
    /// <param name="chance">Names two.</param>
    public static Endpoint Choose(IReadOnlyList<Endpoint> known, IReadOnlyCollection<Endpoint> tried, Chance chance)
    {
        if (known.Count == 1)
            return known[0];
        IReadOnlyList<Endpoint> candidates = Candidates(known, tried);
        Endpoint one = candidates[chance.Below(candidates.Count)];
        if (candidates.Count == 1)
            return one;
        Endpoint other = candidates[chance.Below(candidates.Count)];
        while (other == one)
            other = candidates[chance.Below(candidates.Count)];
        return other.InFlight < one.InFlight ? other : one;
    }

    // Better an endpoint that does badly than none: the conditions are given up one by one.
    private static List<Endpoint> Candidates(IReadOnlyList<Endpoint> known, IReadOnlyCollection<Endpoint> tried)
    {
        List<Endpoint> sound = [.. known.Where(e => !e.IsBroken && !e.IsEjected && !tried.Contains(e))];
        if (sound.Count > 0)
            return sound;
        List<Endpoint> untried = [.. known.Where(e => !e.IsBroken && !tried.Contains(e))];
        if (untried.Count > 0)
            return untried;
        List<Endpoint> unbroken = [.. known.Where(e => !e.IsBroken)];
        return unbroken.Count > 0 ? unbroken : [.. known];
    }
}
