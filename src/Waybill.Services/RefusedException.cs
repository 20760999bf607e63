namespace Waybill.Services;

/// <summary>
/// A service says no, for a reason that its caller can act upon: an unknown book, a card that was declined. Thrown by
/// the implementation, it arrives at the caller as the same exception, over the network too, and is never tried
/// again.
/// </summary>
public sealed class RefusedException : Exception
{
    /// <summary>Refuses.</summary>
    /// <param name="code">For programs: stable, kebab case, at most 100 characters.</param>
    /// <param name="detail">For people: what, which, why, what to do. It crosses the network; no secrets.</param>
    /// <exception cref="ArgumentException">The code is not kebab case.</exception>
    public RefusedException(string code, string detail)
        : base(detail)
    {
        ArgumentNullException.ThrowIfNull(code);
        Code = IsCode(code)
            ? code
            : throw new ArgumentException(
                $"\"{code}\" cannot be the code of a refusal: use words of a-z and 0-9 with '-' between them, "
                + "at most 100 characters.",
                nameof(code));
    }

    /// <summary>For programs: stable, kebab case.</summary>
    public string Code { get; }

    internal static bool IsCode(string code) =>
        code.Length is >= 1 and <= 100
        && code.Split('-').All(word =>
            word.Length > 0 && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
}
