namespace Waybill.Services.Contracts;

/// <summary>Finds what a contract breaks of the released one.</summary>
/// <remarks>
/// Arguments are read strictly: the server must still take all that callers send. Results are read tolerantly, but for
/// values of enumerations: callers must still get all that they read, and nothing that they cannot.
/// </remarks>
internal sealed class ContractComparison(ContractDescription released, ContractDescription current)
{
    private readonly List<string> breaks = [];
    private readonly HashSet<(string Released, string Current, bool IsSent)> compared = [];

    public IReadOnlyList<string> Breaks()
    {
        foreach (OperationDescription before in released.Operations)
        {
            if (current.Operations.FirstOrDefault(operation => operation.Name == before.Name) is { } now)
                Compare(before, now);
            else
                breaks.Add($"Operation {before.Name} is gone.");
        }

        return [.. breaks.Distinct()];
    }

    private void Compare(OperationDescription before, OperationDescription now)
    {
        string name = before.Name;
        Break(before.IsAsynchronous && !now.IsAsynchronous, $"{name} is no longer answered with a ticket.");
        Break(!before.IsAsynchronous && now.IsAsynchronous, $"{name} is answered with a ticket now.");
        Break(before.IsIdempotent && !now.IsIdempotent, $"{name} is no longer idempotent, but callers try again.");
        ComparePromises(before, now);
        CompareMembers(name, before.Arguments, now.Arguments, isSent: true);
        if (before.Result is null || now.Result is null)
        {
            Break(before.Result is not null, $"{name} no longer brings a result.");
            return;
        }

        CompareTypes($"{name}'s result", before.Result, now.Result, isSent: false);
        Break(!before.ResultMayBeNull && now.ResultMayBeNull, $"{name}'s result may be null now.");
    }

    private void ComparePromises(OperationDescription before, OperationDescription now)
    {
        bool isSlower = before.LatencyMs > 0
            && (now.LatencyMs == 0 || now.LatencyMs > before.LatencyMs || now.Percentile < before.Percentile);
        Break(
            isSlower,
            $"{before.Name} promised {before.LatencyMs} ms at {before.Percentile} %, now "
            + (now.LatencyMs == 0 ? "nothing." : $"{now.LatencyMs} ms at {now.Percentile} %."));
        Break(
            now.Availability < before.Availability,
            $"{before.Name} promised {before.Availability} % availability, now {now.Availability} %.");
        Break(
            now.DeadlineMs < before.DeadlineMs,
            $"{before.Name} ends after {now.DeadlineMs} ms now; callers could wait {before.DeadlineMs} ms.");
    }

    private void CompareMembers(
        string of, IReadOnlyList<MemberDescription> before, IReadOnlyList<MemberDescription> now, bool isSent)
    {
        foreach (MemberDescription old in before)
        {
            string name = $"{of}.{old.Name}";
            if (now.FirstOrDefault(member => member.Name == old.Name) is not { } same)
            {
                breaks.Add($"{name} is gone.");
                continue;
            }

            CompareTypes(name, old.Type, same.Type, isSent);
            Break(isSent && !old.IsRequired && same.IsRequired, $"{name} must be given now.");
            Break(isSent && old.MayBeNull && !same.MayBeNull, $"{name} can no longer be null.");
            Break(!isSent && !old.MayBeNull && same.MayBeNull, $"{name} may be null now.");
        }

        foreach (MemberDescription added in now.Where(member => isSent && member.IsRequired))
            Break(before.All(old => old.Name != added.Name), $"{of}.{added.Name} is new, and must be given.");
    }

    private void CompareTypes(string name, string before, string now, bool isSent)
    {
        (string shapeBefore, string heldBefore) = Split(before);
        (string shapeNow, string heldNow) = Split(now);
        TypeDescription? old = released.Types.FirstOrDefault(type => type.Name == heldBefore);
        TypeDescription? same = current.Types.FirstOrDefault(type => type.Name == heldNow);

        // The name of an object is not on the wire; what it is made of is.
        bool isOneKind = old is not null && same is not null
            && (old.Values.Count > 0) == (same.Values.Count > 0) && shapeBefore == shapeNow;
        if (!isOneKind)
        {
            Break(before != now, $"{name} was {before}, now it is {now}.");
            return;
        }

        if (!compared.Add((heldBefore, heldNow, isSent)))
            return;
        CompareMembers(heldBefore, old!.Members, same!.Members, isSent);
        foreach (string value in isSent ? old.Values.Except(same.Values) : same.Values.Except(old.Values))
            breaks.Add(isSent ? $"{heldBefore} no longer knows {value}." : $"{heldBefore} may be {value} now.");
    }

    // "list of map of Book" is the shape "list of map of" of Book.
    private static (string Shape, string Held) Split(string type)
    {
        int end = type.LastIndexOf(" of ", StringComparison.Ordinal);
        return end < 0 ? ("", type) : (type[..end], type[(end + 4)..]);
    }

    private void Break(bool isBroken, string change)
    {
        if (isBroken)
            breaks.Add(change);
    }
}
