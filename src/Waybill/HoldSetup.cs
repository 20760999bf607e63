using System.Linq.Expressions;
using Waybill.Definition;

namespace Waybill;

/// <summary>
/// Declares an aggregation queue: the group key, the columns, into what it releases, and by which rules. Each method
/// returns the same object, so that calls can be chained. Without rules only people and programs release.
/// </summary>
/// <remarks>
/// Rules release one group at a time. They are looked at when elements come and twice a second (<see
/// cref="SiteOptions.PollInterval"/>), by every process that hosts the node; what is true is settled in the transaction
/// of the release, so a rule fires once for each time that it becomes true.
/// </remarks>
/// <typeparam name="TData">The node's data.</typeparam>
public sealed class HoldSetup<TData>
{
    private readonly Node<TData> node;
    private HoldDefinition draft = new() { BuildDesk = (desks, node) => new HeldDesk<TData>(desks, node) };
    private string? purpose;

    internal HoldSetup(Node<TData> node) => this.node = node;

    /// <summary>One sentence that says what the queue is for; printed with the pipeline.</summary>
    /// <param name="sentence">The sentence.</param>
    public HoldSetup<TData> Purpose(string sentence)
    {
        purpose = sentence;
        return this;
    }

    /// <summary>Says which elements belong together.</summary>
    /// <param name="key">The group key, 1 to 200 characters, from the data with which an element comes here.</param>
    public HoldSetup<TData> GroupBy(Func<TData, string> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Set(draft with { GroupBy = data => key((TData)data) });
    }

    /// <summary>
    /// Declares the columns of the queue's table, for example <c>s => new { s.Zone, s.PromisedBy }</c>: at most 16,
    /// named after the members, in camel case. Texts (at most 200 characters), enumerations, truth values, UUIDs and
    /// dates become text; whole numbers and decimals (4 decimals) become numbers; <see cref="DateTimeOffset"/> and UTC
    /// <see cref="DateTime"/> become instants.
    /// </summary>
    /// <param name="columns">Makes an anonymous object of what the columns hold.</param>
    /// <typeparam name="TColumns">The anonymous type.</typeparam>
    public HoldSetup<TData> Columns<TColumns>(Expression<Func<TData, TColumns>> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return ColumnExpressions.Columns(columns) is { } read
            ? Set(draft with { Columns = [.. draft.Columns, .. read] })
            : Set(draft with { Faults = [.. draft.Faults, $"columns are \"{columns}\", and not a new {{ … }}"] });
    }

    /// <summary>
    /// Says into what elements are released, and where they go on: when the batch is done, with its ending as their one
    /// reply.
    /// </summary>
    /// <param name="workflow">The workflow of the batch elements.</param>
    /// <param name="input">Makes a batch element's data; the members are read by the batch's own code.</param>
    /// <param name="resumesAt">
    /// Where members go on. Not a node with per-key order (<see cref="NodeRules{TSelf,TData}.OrderedBy"/>): they go on
    /// all at once.
    /// </param>
    /// <typeparam name="TIn">What goes into the batch workflow.</typeparam>
    /// <typeparam name="TOut">What comes out of it, for each member.</typeparam>
    public HoldSetup<TData> ReleasesTo<TIn, TOut>(
        Workflow<TIn, TOut> workflow, Func<BatchRelease, TIn> input, Node<TData, TOut> resumesAt)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(resumesAt);
        return Set(draft with { Target = new BatchTarget(workflow, release => input(release)!, resumesAt) });
    }

    /// <summary>How many members one batch gets at the most, the oldest first. Default: 1,000.</summary>
    /// <param name="members">1 to 10,000.</param>
    public HoldSetup<TData> BatchMax(int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members, 10_000);
        return Set(draft with { BatchMax = members });
    }

    /// <summary>Releases a group as soon as so many are held in it.</summary>
    /// <param name="count">From 1.</param>
    public HoldSetup<TData> WhenCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Add(new CountRule(count));
    }

    /// <summary>Releases a group as soon as a column comes to a sum.</summary>
    /// <param name="column">What one of the declared columns of numbers is taken from.</param>
    /// <param name="sum">The sum.</param>
    public HoldSetup<TData> WhenSum(Expression<Func<TData, decimal?>> column, decimal sum)
    {
        ArgumentNullException.ThrowIfNull(column);
        string source = ColumnExpressions.Source(column.Body, column.Parameters[0]);
        return Add(new SumRule(NameOf(source), source, sum));
    }

    /// <summary>Releases a whole group as soon as one of it is held for so long.</summary>
    /// <param name="age">More than zero.</param>
    public HoldSetup<TData> WhenOldest(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero);
        return Add(new OldestRule(age));
    }

    /// <summary>
    /// Releases, at times of the day, what is held since before: carrier cut-offs, closing times. A time that the clock
    /// skips counts at the jump, one that it repeats counts the first time. When nobody ran at a time, it is made up
    /// for.
    /// </summary>
    /// <param name="zone">Where the clock hangs; what it shows follows from the store's time.</param>
    /// <param name="times">At least one.</param>
    public HoldSetup<TData> At(TimeZoneInfo zone, params TimeOnly[] times)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return times is { Length: > 0 }
            ? Add(new ClockRule(new ClockTimes(zone, [.. times.Order()])))
            : throw new ArgumentException("Give at least one time.", nameof(times));
    }

    /// <summary>Releases a whole group as soon as as many are held as belong together.</summary>
    /// <param name="column">
    /// What one of the declared columns of numbers is taken from; the greatest value in the group counts.
    /// </param>
    public HoldSetup<TData> WhenComplete(Expression<Func<TData, decimal?>> column)
    {
        ArgumentNullException.ThrowIfNull(column);
        string source = ColumnExpressions.Source(column.Body, column.Parameters[0]);
        return Add(new CompleteRule(NameOf(source), source));
    }

    internal NodeDefinition ToDefinition() => new()
    {
        Node = node,
        Purpose = purpose,
        Hold = draft,
        BuildCode = services => new HoldCode<TData>(services.Codec<TData>()),
    };

    // Columns are declared before the rules that need them; one that is not found is told as a fault later.
    private string NameOf(string source) =>
        draft.Columns.FirstOrDefault(column => column.Source == source)?.Name ?? source;

    private HoldSetup<TData> Add(HoldRule rule) => Set(draft with { Rules = [.. draft.Rules, rule] });

    private HoldSetup<TData> Set(HoldDefinition changed)
    {
        draft = changed;
        return this;
    }
}
