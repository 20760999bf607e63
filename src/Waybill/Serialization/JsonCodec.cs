using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waybill.Sealing;

namespace Waybill.Serialization;

/// <summary>Writes and reads one type as UTF-8 JSON, its type erased.</summary>
internal abstract class JsonCodec(SecretMembers? secrets)
{
    /// <summary>Whether members of the type are kept encrypted.</summary>
    public bool HasSecrets => secrets is not null;

    /// <summary>The type.</summary>
    public abstract Type Type { get; }

    /// <summary>The type's contract, for carrying unknown members.</summary>
    public abstract JsonTypeInfo Contract { get; }

    /// <summary>The value as it is stored.</summary>
    public byte[] Write(object value)
    {
        byte[] json = ToJson(value);
        return secrets is null ? json : secrets.Close(json, default, Contract);
    }

    /// <summary>The value as it is stored, in place of what was read before.</summary>
    /// <param name="value">The value.</param>
    /// <param name="before">What was read, as it is stored.</param>
    /// <param name="hasUnknownMembers">Whether that has members that the type does not know: they are kept.</param>
    public byte[] Rewrite(object value, ReadOnlyMemory<byte> before, bool hasUnknownMembers)
    {
        byte[] json = ToJson(value);
        if (hasUnknownMembers)
            json = UnknownMembers.Carry(Open(before), json, Contract);
        return secrets is null ? json : secrets.Close(json, before.Span, Contract);
    }

    /// <summary>What is stored, decrypted.</summary>
    /// <exception cref="RouteException">It is encrypted and cannot be decrypted.</exception>
    public ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> stored) =>
        secrets is not null && SealedText.IsIn(stored.Span) ? secrets.Open(stored.Span, Contract) : stored;

    /// <summary>Changes what is stored as JSON.</summary>
    /// <param name="stored">What is stored.</param>
    /// <param name="change">Makes other JSON of it; both are decrypted.</param>
    /// <exception cref="RouteException">
    /// It is encrypted and cannot be decrypted; or a secret would be replaced by the mask that is shown for it.
    /// </exception>
    public byte[] Edit(ReadOnlyMemory<byte> stored, Func<ReadOnlyMemory<byte>, byte[]> change) =>
        secrets is null ? change(stored) : secrets.CloseEdited(change(Open(stored)), stored.Span, Contract);

    /// <exception cref="RouteException">It cannot be read.</exception>
    public abstract object ReadObject(ReadOnlySpan<byte> json, out bool hasUnknownMembers);

    /// <exception cref="RouteException">It cannot be read.</exception>
    public object ReadObject(ReadOnlySpan<byte> json) => ReadObject(json, out _);

    private protected abstract byte[] ToJson(object value);

    private protected ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> stored) =>
        secrets is not null && SealedText.IsIn(stored) ? secrets.Open(stored, Contract) : stored;
}

/// <summary>Writes and reads one type as UTF-8 JSON, and notices members that the type does not know.</summary>
/// <remarks>
/// Reading is strict first, which costs nothing while all members are known. Data with unknown members is rare (a newer
/// version of the code is running beside this one), fails the strict reading and is read again tolerantly; from then on
/// this type is read tolerantly at once, and each write looks for members to carry over (<see cref="UnknownMembers"/>).
/// </remarks>
internal sealed class JsonCodec<T>(
    JsonSerializerOptions strict, JsonSerializerOptions tolerant, SecretMembers? secrets) : JsonCodec(secrets)
{
    private readonly JsonTypeInfo<T> strictContract = (JsonTypeInfo<T>)strict.GetTypeInfo(typeof(T));
    private readonly JsonTypeInfo<T> tolerantContract = (JsonTypeInfo<T>)tolerant.GetTypeInfo(typeof(T));
    private volatile bool hasSeenUnknownMembers;

    public override Type Type => typeof(T);

    public override JsonTypeInfo Contract => tolerantContract;

    public T Read(ReadOnlySpan<byte> json, out bool hasUnknownMembers)
    {
        hasUnknownMembers = hasSeenUnknownMembers;
        try
        {
            json = Plain(json);
            if (!hasSeenUnknownMembers)
            {
                try
                {
                    return NotNull(JsonSerializer.Deserialize(json, strictContract));
                }
                catch (JsonException)
                {
                    // Either a member is unknown, or the tolerant reading below fails too and says why.
                }
            }

            T value = NotNull(JsonSerializer.Deserialize(json, tolerantContract));
            hasSeenUnknownMembers = hasUnknownMembers = true;
            return value;
        }
        catch (JsonException error)
        {
            throw new RouteException(
                "waybill.data-unreadable", $"The data cannot be read as {typeof(T).FullName}: {error.Message}");
        }
    }

    public override object ReadObject(ReadOnlySpan<byte> json, out bool hasUnknownMembers) =>
        Read(json, out hasUnknownMembers)!;

    private protected override byte[] ToJson(object value) =>
        JsonSerializer.SerializeToUtf8Bytes((T)value, tolerantContract);

    private static T NotNull(T? value) => value ?? throw new JsonException("it is null");
}
