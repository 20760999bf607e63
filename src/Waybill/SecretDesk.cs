using System.Text;
using Waybill.Sealing;
using Waybill.Serialization;

namespace Waybill;

/// <summary>
/// Shows what a site keeps encrypted, to those who may see it, and masks it for all others. What stores give out
/// (data, results, payloads, differences, failures) is as it is stored. Thread-safe.
/// </summary>
public sealed class SecretDesk
{
    private readonly CodecSet codecs;

    internal SecretDesk(CodecSet codecs) => this.codecs = codecs;

    /// <summary>JSON as it is stored, with <c>"***"</c> in place of each encrypted member. Needs no key.</summary>
    /// <param name="stored">UTF-8 JSON, or nothing.</param>
    public static ReadOnlyMemory<byte> Masked(ReadOnlyMemory<byte> stored) =>
        SealedText.Replaced(stored, (_, _) => SealedText.Mask);

    /// <summary>As <see cref="Masked(ReadOnlyMemory{byte})"/>, of text: a difference, a journal row's detail.</summary>
    /// <param name="stored">JSON; null stays null.</param>
    public static string? Masked(string? stored) => stored?.Contains(Seal.Prefix, StringComparison.Ordinal) == true
        ? Encoding.UTF8.GetString(Masked(Encoding.UTF8.GetBytes(stored)).Span)
        : stored;

    /// <summary>A failure as it is stored, without what is encrypted of it. Needs no key.</summary>
    /// <param name="failure">The failure.</param>
    public static Failure Masked(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return FailureSeal.IsClosed(failure) ? failure with { Stack = SealedText.Mask } : failure;
    }

    /// <summary>JSON as code has it; what cannot be decrypted is masked.</summary>
    /// <param name="stored">UTF-8 JSON as it is stored: an element's data, a result, a payload; or nothing.</param>
    public ReadOnlyMemory<byte> Opened(ReadOnlyMemory<byte> stored) => codecs.Opened(stored);

    /// <summary>A failure as code said it.</summary>
    /// <param name="failure">The failure as it is stored.</param>
    /// <exception cref="RouteException">It is encrypted, and its key is missing.</exception>
    public Failure Opened(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return codecs.Failures.Opened(failure);
    }
}
