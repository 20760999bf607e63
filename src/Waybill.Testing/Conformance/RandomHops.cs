using System.Text;
using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>A hop that can be made for either store.</summary>
/// <param name="Text">What it is, for the list of operations.</param>
/// <param name="Element">The element.</param>
/// <param name="Make">Makes it.</param>
internal sealed record PlannedHop(string Text, ElementId Element, Func<ComparedStore, Hop> Make);

/// <summary>Random elements, slots and hops. The same seed gives the same ones.</summary>
internal sealed class RandomHops(Random random)
{
    private static readonly string[] Workflows = ["orders", "payments"];
    private static readonly string[] Nodes = ["accept", "pick", "ship", RandomHeldRows.Node];
    private static readonly CancelStance[] Stances =
        [CancelStance.Passes, CancelStance.CarriesOut, CancelStance.Refuses];

    private static readonly string[] Signals = ["paid", "packed"];

    private readonly Dictionary<ElementId, IReadOnlyList<ChangeMark>> marks = [];

    private int lastId;

    /// <summary>What the rows of held elements look like now.</summary>
    public RandomHeldRows Rows { get; } = new(random);

    /// <summary>Every element that was ever made.</summary>
    public List<ElementId> Known { get; } = [];

    /// <summary>The counters that attached writes add to.</summary>
    public static IReadOnlyList<string> Counters { get; } = ["books", "money"];

    /// <summary>Notes which changes a hop of an element has to answer, by what became of its last one.</summary>
    public void Learn(ElementId element, HopOutcome outcome)
    {
        if (outcome.Changes is { } pending)
            marks[element] = pending;
        else if (outcome.Status != HopStatus.WriteFailed)
            marks.Remove(element);
    }

    /// <summary>Answers to what an element's last hop found pending; now and then one is forgotten.</summary>
    public IReadOnlyList<ChangeAnswer> Answers(ElementId element) =>
        marks.TryGetValue(element, out IReadOnlyList<ChangeMark>? pending)
        ? [.. pending.Where(_ => !OneIn(12)).Select(mark => Answer(mark.Change, mark.IsConcerned))]
        : [];

    /// <summary>An answer; what is not concerned only carries a change on.</summary>
    public ChangeAnswer Answer(ChangeId change, bool isConcerned)
    {
        ChangeVerdict verdict = isConcerned ? (ChangeVerdict)random.Next(6) : ChangeVerdict.Stays;
        return new ChangeAnswer(
            change,
            verdict,
            verdict is ChangeVerdict.Rejects or ChangeVerdict.ComesTooLate ? "it is \"gone\"" : null,
            verdict is ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads
                ? """{"from":{"n":1},"to":{"n":2}}"""
                : null);
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public bool OneIn(int n) => random.Next(n) == 0;

    public static bool IsAggregation(NodeAddress node) => node.Node == RandomHeldRows.Node;

    public NodeAddress Node() => new(Pick(Workflows), random.Next(1, 3), Pick(Nodes));

    public string SignalName() => Pick(Signals);

    public byte[] Data() => Encoding.UTF8.GetBytes($$"""{"n":{{random.Next(1000)}}}""");

    public ElementId NewId() => new(new Guid(++lastId, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 2));

    // A step and a half is never reached exactly by whole steps: stores may differ about the very instant.
    public TimeSpan Span() => VisibleState.TimeStep * (random.Next(1, 8) + 0.5);

    public NewElement Element()
    {
        ElementId id = NewId();
        Known.Add(id);
        byte[] data = Data();
        return new NewElement(id, HoldingSlot(Node(), data), $"key-{random.Next(40)}", data);
    }

    /// <summary>A slot; at the nodes named "pick", elements of a customer go one by one.</summary>
    public QueueSlot Slot(NodeAddress node) => new(
        node,
        OneIn(4) ? random.Next(-2, 3) : 0,
        node.Node == "pick" && !OneIn(4) ? Pick<string>(["ann", "bob"]) : null);

    /// <summary>A slot; at an aggregation queue, mostly one that holds.</summary>
    public QueueSlot HoldingSlot(NodeAddress node, byte[] data) => IsAggregation(node) && !OneIn(6)
        ? Slot(node) with { Held = Rows.Of(data) }
        : Slot(node);

    /// <summary>Names an element, mostly one of the younger: most of them are still in flight.</summary>
    public ElementRef Reference() => OneIn(6) || Known.Count == 0
        ? ElementRef.Of(Pick(Workflows), $"key-{random.Next(40)}")
        : ElementRef.Of(Known[random.Next(OneIn(6) ? 0 : Math.Max(0, Known.Count - 50), Known.Count)]);

    /// <summary>A hop of an element that was claimed or handed over.</summary>
    /// <param name="element">The element.</param>
    /// <param name="mayCall">Whether there is room for more elements.</param>
    /// <param name="members">What it has for members, when it is a batch.</param>
    public PlannedHop Hop(ClaimedElement element, bool mayCall, IReadOnlyList<BatchMember> members)
    {
        byte[] data = Data();
        (string Text, Func<ComparedStore, ClaimedElement, Hop> Make) to = To(element, mayCall, data);
        CancelStance stance = OneIn(3) ? Pick(Stances) : default;
        string? failure = OneIn(6) ? """{"type":"Shop.Late"}""" : null;
        string? detail = OneIn(4) ? $$"""{"by":"{{Pick<string>(["ann", "\\\"書\\\""])}}"}""" : null;
        TimeSpan worked = TimeSpan.FromMilliseconds(random.Next(5000));
        Func<ComparedStore, IReadOnlyList<SiteWrite>> writes = Writes(out string writesText);
        IReadOnlyList<SignalDelivery> signals = OneIn(8) ? [Signal()] : [];
        IReadOnlyList<ChangeAnswer> answers = Answers(element.Id);
        NodeAddress[] past = OneIn(3) ? [Node(), Node(), Node()] : [];
        MemberReply[] leaving = [.. members.Where(_ => OneIn(3)).Select(member => Leaving(member.Id))];
        return new PlannedHop(
            $"{VisibleState.Name(element.Id)}@{element.Hop} {to.Text}, {stance}{writesText}"
            + string.Concat(signals.Select(signal => $", signals {signal.Name} to {signal.Target}"))
            + Text(answers)
            + (past.Length == 0 ? "" : $", past cancel {string.Join(' ', past.AsEnumerable())}")
            + string.Concat(leaving.Select(member => $", lets {VisibleState.Name(member.Member)} go")),
            element.Id,
            side => to.Make(side, side.Own(element)) with
            {
                Cancel = stance,
                Data = data,
                Failure = failure,
                Detail = detail,
                Worked = worked,
                Writes = writes(side),
                Signals = signals,
                PastCancel = past,
                Members = leaving,
                Changes = answers,
            });
    }

    /// <summary>A person's decision about a sidelined element.</summary>
    public PlannedHop Decision(SidelinedElement element)
    {
        string name = VisibleState.Name(element.Id);
        if (OneIn(3))
            return new PlannedHop($"{name} drop", element.Id, side => side.Own(element).Drop());
        IReadOnlyList<ChangeAnswer> answers = Answers(element.Id);
        QueueSlot slot = Slot(element.Node);
        bool isEdited = OneIn(2);
        byte[] data = isEdited ? Data() : element.Data.ToArray();
        return new PlannedHop(
            $"{name} retry {slot}, edited {isEdited}{Text(answers)}",
            element.Id,
            side => side.Own(element).Act(new Destination.Enqueue(slot), JournalKind.Resumed) with
            {
                Arrives = isEdited,
                Data = data,
                Changes = answers,
            });
    }

    public SignalDelivery Signal() => new(Reference(), SignalName(), Data());

    private (string Text, Func<ComparedStore, ClaimedElement, Hop> Make) To(
        ClaimedElement element, bool mayCall, byte[] data)
    {
        QueueSlot slot = Slot(OneIn(4) ? element.Node : Node());
        TimeSpan span = Span();
        QueueSlot target = HoldingSlot(slot.Node, data);
        // What is pending is of most interest where it is passed on.
        if (mayCall && marks.ContainsKey(element.Id) && OneIn(3))
            return Calls(slot);
        // Called elements end sooner, so that joins come about.
        return random.Next(element.Caller is null ? 0 : 40, 100) switch
        {
            < 20 => ($"goes to {target}", (_, own) => own.To(new Destination.Enqueue(target))),
            < 25 => ($"goes to {target} in {span}", (_, own) => own.To(new Destination.Enqueue(target, span))),
            < 30 => (
                $"goes to {target} at +{span}",
                (side, own) => own.To(new Destination.Enqueue(target, Due: side.Fixture.Now + span))),
            < 50 => ($"is handed over to {slot.Node}", (_, own) => own.HandOver(slot.Node)),
            < 58 => ($"tries again in {span}", (_, own) => own.Retry(span, slot.OrderKey)),
            < 62 => ("tries again", (_, own) => own.Retry(TimeSpan.Zero, slot.OrderKey)),
            < 72 when mayCall => Calls(slot),
            < 82 => Awaits(slot, span),
            < 88 => Sidelines(OneIn(3) ? Slot(element.Node) : null),
            < 97 => ("finishes", (_, own) => own.Finish("[1]")),
            _ => ("fails", (_, own) => own.Fail("no stock")),
        };
    }

    private (string Text, Func<ComparedStore, ClaimedElement, Hop> Make) Calls(QueueSlot slot)
    {
        NewElement[] called = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Element())];
        JoinMode join = Pick<JoinMode>([JoinMode.All, JoinMode.AllOrFirstFailure]);
        string names = string.Join(", ", called.Select(one => $"{VisibleState.Name(one.Id)} at {one.Slot}"));
        return ($"calls {names}, joins {join} at {slot}", (_, own) => own.Call(join, slot, called));
    }

    private (string Text, Func<ComparedStore, ClaimedElement, Hop> Make) Awaits(QueueSlot slot, TimeSpan span)
    {
        string signal = SignalName();
        return OneIn(2)
            ? ($"awaits {signal} at {slot}", (_, own) => own.To(new Destination.AwaitSignal(slot, signal, null)))
            : (
                $"awaits {signal} at {slot} until +{span}",
                (side, own) => own.To(new Destination.AwaitSignal(slot, signal, side.Fixture.Now + span)));
    }

    private (string Text, Func<ComparedStore, ClaimedElement, Hop> Make) Sidelines(QueueSlot? slot)
    {
        string message = Pick<string>(["no stock", "declined", new string('x', 250)]);
        return ($"is sidelined at {slot}: {message}", (_, own) => own.Sideline(message, slot: slot));
    }

    private static string Text(IReadOnlyList<ChangeAnswer> answers) =>
        string.Concat(answers.Select(answer => $", {VisibleState.Name(answer.Change)} {answer.Verdict}"));

    private MemberReply Leaving(ElementId member) => new(
        member,
        OneIn(2) ? new Reply(0, Ending.Finished, Data(), null) : new Reply(0, Ending.Failed, default, "torn"));

    private Func<ComparedStore, IReadOnlyList<SiteWrite>> Writes(out string text)
    {
        if (!OneIn(5))
        {
            text = "";
            return _ => [];
        }

        string counter = Pick(Counters);
        int change = random.Next(-5, 6);
        bool isRefused = OneIn(3);
        text = $", adds {change} to {counter}{(isRefused ? ", refused" : "")}";
        return side => isRefused
            ? [side.Fixture.Add(counter, change), side.Fixture.Refuse()]
            : [side.Fixture.Add(counter, change)];
    }
}
