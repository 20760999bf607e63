using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Testing.Simulation;

/// <summary>What simulated elements carry: which plan they follow and how far they are.</summary>
/// <param name="Plan">Names the plan.</param>
/// <param name="Depth">0 for what was submitted, 1 for what that called, and so on.</param>
/// <param name="Step">How many steps it has made.</param>
/// <param name="IsEdited">Whether a person has edited it.</param>
/// <param name="IsUpgraded">Whether it was moved to the newer version.</param>
/// <param name="Lane">The group in which it is held, when a person chose it.</param>
/// <param name="Changes">The numbers of the changes that were applied to it, in their order.</param>
/// <param name="Stamp">What the last remote worker that moved it put on it.</param>
internal sealed record Trip(
    int Plan, int Depth, int Step, bool IsEdited = false, bool IsUpgraded = false, string? Lane = null,
    IReadOnlyList<int>? Changes = null, int Stamp = 0)
{
    /// <summary>One set of options for all sites of all runs, so that the contracts are made once.</summary>
    public static JsonSerializerOptions Json { get; } = MakeJson();

    /// <summary>It as a remote worker brings it: with all members, since what is missing is refused.</summary>
    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, WholeJson);

    /// <summary>What stored data says.</summary>
    public static Trip Read(ReadOnlyMemory<byte> data) => JsonSerializer.Deserialize<Trip>(data.Span, Json)!;

    private static JsonSerializerOptions WholeJson { get; } =
        new(Json) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static JsonSerializerOptions MakeJson()
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>One step of a plan.</summary>
internal enum Step
{
    Alpha,
    Beta,
    Ordered,
    OrderedAgain,
    Batch,
    Paced,
    Risky,
    Afar,
    Hold,
    HoldLater,
    Wait,
    AwaitSignal,
    AwaitSignalForAWhile,
    Call,
    Fork,
    ForkImpatiently,
    Finish,
    Fail,
}

/// <summary>What a wave does with one of its members.</summary>
internal enum MemberFate
{
    IsDoneEarly,
    Fails,
    StaysToTheEnd,
}

/// <summary>Plans are made from their number alone, so that every process and every check knows them.</summary>
internal static class Plan
{
    public const int Undone = -1;
    private const int StepsMax = 6;

    public static Step StepOf(Trip trip)
    {
        int length = 1 + Mixed(trip.Plan, 0, StepsMax);
        if (trip.Step >= length)
            return trip.Depth > 0 && Mixed(trip.Plan, 1, 6) == 0 ? Step.Fail : Step.Finish;
        // What has been called twice over calls nothing more.
        int kinds = trip.Depth < 2 ? (int)Step.Finish : (int)Step.Call;
        Step step = (Step)Mixed(trip.Plan, 10 + trip.Step, kinds);
        // What was submitted may change its version, and is not held, since nobody claims it then.
        return trip.Depth == 0 && (step is Step.Hold or Step.HoldLater) ? Step.Alpha : step;
    }

    public static int ResultOf(int plan) => Mixed(plan, 2, 1000);

    public static bool Fails(int plan, int depth) => depth > 0 && Mixed(plan, 1, 6) == 0;

    public static string OrderKeyOf(int plan) => $"key {Mixed(plan, 3, 2)}";

    public static int CallsOf(Trip trip) => 2 + Mixed(trip.Plan, 4, 2);

    /// <summary>The plan of what an element calls with its present step.</summary>
    public static int CalledPlan(Trip trip, int call) => Mixed(trip.Plan, 100 + (trip.Step * 10) + call, 1_000_000);

    /// <summary>The group in which an element is held, unless a person chose another.</summary>
    public static string LaneOf(Trip trip) => trip.Lane ?? $"lane {Mixed(trip.Plan, 6, 2)}";

    /// <summary>What a wave does with one of its members.</summary>
    public static MemberFate FateOf(int wave, long member) =>
        (MemberFate)Math.Min(Mixed(wave, 1000 + (int)member, 4), (int)MemberFate.StaysToTheEnd);

    /// <summary>What a member takes along that leaves its wave early.</summary>
    public static int MemberResultOf(int wave, long member) => Mixed(wave, 2000 + (int)member, 1000);

    public static bool WaveFails(int wave) => Mixed(wave, 8, 4) == 0;

    public static int Mixed(int plan, int what, int below)
    {
        unchecked
        {
            uint hash = ((uint)plan * 2654435761u) ^ ((uint)what * 2246822519u);
            hash = (hash ^ (hash >> 15)) * 2246822519u;
            hash = (hash ^ (hash >> 13)) * 3266489917u;
            return (int)((hash ^ (hash >> 16)) % (uint)below);
        }
    }
}
