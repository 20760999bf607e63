namespace Waybill.Engine.Remote;

/// <summary>
/// Makes the names of leases: who gave it, a dot, and what nobody can guess. So a process that is brought an answer to
/// another's lease can say so, instead of taking it for one that has lapsed.
/// </summary>
internal sealed class RemoteLeaseNames(Func<string> newProcess, Func<string> newLease)
{
    private readonly string own = newProcess() + ".";

    public string New() => own + newLease();

    public bool IsOfAnother(string lease)
    {
        int dot = lease.IndexOf('.', StringComparison.Ordinal);
        return dot == own.Length - 1 && lease.Length > own.Length && !lease.StartsWith(own, StringComparison.Ordinal);
    }
}
