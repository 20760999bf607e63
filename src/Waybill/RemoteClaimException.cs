namespace Waybill;

/// <summary>
/// A claim of a remote worker cannot be met: it is out of bounds, or names a node that is not run remotely here. The
/// message says what, and what there is.
/// </summary>
public sealed class RemoteClaimException : Exception
{
    internal RemoteClaimException(string message)
        : base(message)
    {
    }
}
