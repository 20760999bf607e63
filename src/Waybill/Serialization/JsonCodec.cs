using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Serialization;

/// <summary>Writes and reads one type as UTF-8 JSON, its type erased.</summary>
internal abstract class JsonCodec
{
    /// <summary>The type.</summary>
    public abstract Type Type { get; }

    /// <summary>The type's contract, for carrying unknown members.</summary>
    public abstract JsonTypeInfo Contract { get; }

    public abstract byte[] Write(object value);

    /// <exception cref="RouteException">It cannot be read.</exception>
    public abstract object ReadObject(ReadOnlySpan<byte> json, out bool hasUnknownMembers);

    /// <exception cref="RouteException">It cannot be read.</exception>
    public object ReadObject(ReadOnlySpan<byte> json) => ReadObject(json, out _);
}

/// <summary>Writes and reads one type as UTF-8 JSON, and notices members that the type does not know.</summary>
/// <remarks>
/// Reading is strict first, which costs nothing while all members are known. Data with unknown members is rare (a newer
/// version of the code is running beside this one), fails the strict reading and is read again tolerantly; from then on
/// this type is read tolerantly at once, and each write looks for members to carry over (<see cref="UnknownMembers"/>).
/// </remarks>
internal sealed class JsonCodec<T>(JsonSerializerOptions strict, JsonSerializerOptions tolerant) : JsonCodec
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

    public override byte[] Write(object value) => JsonSerializer.SerializeToUtf8Bytes((T)value, tolerantContract);

    public override object ReadObject(ReadOnlySpan<byte> json, out bool hasUnknownMembers) =>
        Read(json, out hasUnknownMembers)!;

    private static T NotNull(T? value) => value ?? throw new JsonException("it is null");
}
