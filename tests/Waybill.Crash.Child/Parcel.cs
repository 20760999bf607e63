using System.Globalization;

namespace Waybill.Crash.Child;

/// <summary>How a parcel goes on after it was weighed.</summary>
internal enum Way
{
    /// <summary>Forks into three legs, and joins.</summary>
    Fork = 0,

    /// <summary>Calls one leg.</summary>
    Call = 1,

    /// <summary>Waits for a while.</summary>
    Rest = 2,

    /// <summary>Waits for a signal, which it sent to itself two hops before.</summary>
    Gate = 3,

    /// <summary>Goes straight on.</summary>
    Straight = 4,

    /// <summary>Is held until it leaves in a wave, and goes on when the wave has ended.</summary>
    Wave = 5,
}

/// <summary>
/// What travels. Everything about a parcel follows from its number, so that the checks know what to expect; only what
/// change requests added to it stands in the store's ledger.
/// </summary>
internal sealed record Parcel(int Number)
{
    /// <summary>How many accounts share the numbers; each is one line of the node with per-key order.</summary>
    public const int Accounts = 16;

    /// <summary>What all changes came to that were applied to it.</summary>
    public int Extra { get; init; }

    public int Account => Number % Accounts;

    /// <summary>What each of its hops adds to its account; the last one's is its result.</summary>
    public long Amount => Number + Extra;

    public Way Way => (Way)(Number % 6);

    public string BusinessKey => string.Create(CultureInfo.InvariantCulture, $"parcel-{Number:D7}");

    /// <summary>The legs that it calls.</summary>
    public IReadOnlyList<Leg> Legs => Way switch
    {
        Way.Fork => [new Leg(Number, 0), new Leg(Number, 1), new Leg(Number, 2)],
        Way.Call => [new Leg(Number, 0)],
        _ => [],
    };

    /// <summary>Whether its first run at the node with per-key order fails, so that its line waits.</summary>
    public bool StumblesInLane => Number % 11 == 5;

    /// <summary>Whether its first run at the second node fails.</summary>
    public bool StumblesAtStamp => Number % 7 == 3;
}

/// <summary>What a parcel calls.</summary>
internal sealed record Leg(int Number, int Index)
{
    /// <summary>What all changes came to that were applied to it.</summary>
    public int Extra { get; init; }

    public int Account => Number % Parcel.Accounts;

    public long Toll => (Number * 10L) + Index;

    /// <summary>What each of its hops adds to its account.</summary>
    public long Amount => Toll + Extra;

    public string BusinessKey =>
        string.Create(CultureInfo.InvariantCulture, $"{new Parcel(Number).BusinessKey}/leg-{Index}");
}
