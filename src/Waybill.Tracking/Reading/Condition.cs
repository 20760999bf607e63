namespace Waybill.Tracking.Reading;

/// <summary>The conditions of a reading: those that are given, with their values.</summary>
internal sealed class Condition
{
    private readonly List<string> texts = [];
    private readonly List<(string Name, object? Value)> arguments = [];

    /// <summary>The text behind <c>where</c>.</summary>
    public string Text => texts.Count == 0 ? "1 = 1" : string.Join(" and ", texts);

    public (string Name, object? Value)[] Arguments => [.. arguments];

    public Condition And(string text)
    {
        texts.Add(text);
        return this;
    }

    /// <summary>Adds a condition in which <c>@</c> stands for the value; nothing when that is null.</summary>
    public Condition And(string text, object? value)
    {
        if (value is null)
            return this;
        texts.Add(text.Replace("@", Name(value), StringComparison.Ordinal));
        return this;
    }

    /// <summary>Names a value.</summary>
    public string Name(object value)
    {
        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"@v{arguments.Count}");
        arguments.Add((name, value));
        return name;
    }

    public static Condition Of(TrackedFilter filter, long? subject)
    {
        Condition condition = new Condition()
            .And("e.ending is null")
            .And("s.name = @", filter.Site)
            .And("n.workflow = @", filter.Workflow)
            .And("n.version = @", filter.Version)
            .And("n.name = @", filter.Node)
            .And("e.state = @", (int?)filter.State)
            .And("e.business_key = @", filter.BusinessKey)
            .And("e.accepted_at < @", filter.AcceptedBefore?.ToMicros())
            .And("e.since < @", filter.SinceBefore?.ToMicros())
            .And("e.subject = @", subject);
        foreach ((string name, string value) in filter.Attributes)
        {
            string cut = Folding.Attributes.Cut(value);
            condition.And(
                "e.key in (select a.element from waybill.attribute a "
                + $"where a.name = {condition.Name(name)} and a.value = {condition.Name(cut)})");
        }

        return condition;
    }

    public static Condition Of(EndedFilter filter) => new Condition()
        .And("e.ending >= 0")
        .And("e.ended_at >= @", filter.Since?.ToMicros())
        .And("e.ended_at < @", filter.Until?.ToMicros())
        .And("n.workflow = @", filter.Workflow)
        .And("e.business_key = @", filter.BusinessKey)
        .And("e.ending = @", (int?)filter.Ending);
}
