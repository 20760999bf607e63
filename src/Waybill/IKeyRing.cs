namespace Waybill;

/// <summary>
/// The keys under which a site keeps the secret members of its data. Asked for each member that is written or read, so
/// it must answer at once, and from any thread. <see cref="SecretKeyRing"/> is one that never changes.
/// </summary>
public interface IKeyRing
{
    /// <summary>
    /// The id of the key that encrypts from now on: 1 to 64 letters, digits, '-' and '_'. It is stored with what it
    /// encrypts, and must be in the ring.
    /// </summary>
    string CurrentKeyId { get; }

    /// <summary>A key, 32 bytes; empty when the ring does not have it.</summary>
    /// <param name="keyId">Its id.</param>
    ReadOnlyMemory<byte> Find(string keyId);
}
