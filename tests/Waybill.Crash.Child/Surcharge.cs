using System.Security.Cryptography;
using System.Text;
using Waybill.Stores;

namespace Waybill.Crash.Child;

/// <summary>
/// The change that is asked for in flight: something is added to a parcel's amount, so that every later effect and the
/// result tell what was applied.
/// </summary>
internal static class Surcharge
{
    public static readonly Change<int> Change = new("surcharge");

    /// <summary>An amount that every parcel refuses.</summary>
    public const int Refused = 1_000_000;

    /// <summary>What is asked of a parcel as soon as it was accepted; null for nothing.</summary>
    public static int? Early(int number) => (number % 7) switch
    {
        0 => 1000,
        1 => Refused,
        _ => null,
    };

    /// <summary>What is asked of a parcel once others came after it; null for nothing.</summary>
    public static int? Late(int number) => number % 4 == 1 ? 10_000 : null;

    /// <summary>What is asked of it then by somebody who waits for the outcome; null for nothing.</summary>
    public static int? Urgent(int number) => number % 9 == 5 ? 100_000 : null;

    public static Changed<Parcel> Add(Parcel parcel, int amount) => amount == Refused
        ? Changed.Rejected("too much")
        : Changed.To(parcel with { Extra = parcel.Extra + amount });

    /// <summary>The same for every process that asks the same, so that only the first one counts.</summary>
    public static ChangeId IdOf(int number, int amount) =>
        new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{number} {amount}")).AsSpan(0, 16)));

    /// <summary>All outcomes, as one text without spaces.</summary>
    public static string OutcomesOf(ChangeRecord change) =>
        string.Join(',', change.Outcomes.Select(outcome => $"{outcome.Element}={outcome.Outcome}"));
}
