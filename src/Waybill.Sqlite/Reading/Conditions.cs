using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Reading;

/// <summary>The conditions of a listing: those that are given, joined by AND, with their values.</summary>
internal sealed class Conditions
{
    private readonly List<string> texts = [];
    private readonly List<object> values = [];

    /// <summary>The text behind WHERE.</summary>
    public string Text => texts.Count == 0 ? "1" : string.Join(" AND ", texts);

    /// <summary>Adds a condition on a text.</summary>
    /// <param name="value">The value; null adds nothing.</param>
    /// <param name="before">What stands before the value.</param>
    /// <param name="after">What stands behind it.</param>
    public Conditions And(string? value, string before, string after = "") => Add(value, before, after);

    /// <summary>Adds a condition on a number.</summary>
    public Conditions And(long? value, string before, string after = "") => Add(value, before, after);

    /// <summary>Adds a condition on an id.</summary>
    public Conditions And(ElementId? value, string before, string after = "") => Add(value, before, after);

    /// <summary>Adds a condition on the id of a request.</summary>
    public Conditions And(ChangeId? value, string before, string after = "") => Add(value, before, after);

    /// <summary>Adds a condition without a value.</summary>
    public Conditions AndIf(bool? isGiven, string whenTrue, string whenFalse)
    {
        if (isGiven is { } isTrue)
            texts.Add(isTrue ? whenTrue : whenFalse);
        return this;
    }

    /// <summary>Adds a condition that has its values already.</summary>
    public Conditions And(string condition)
    {
        texts.Add(condition);
        return this;
    }

    /// <summary>Keeps a value that stands in a condition, or elsewhere in the text.</summary>
    /// <param name="value">A number, a text, an id or bytes.</param>
    /// <returns>What stands for it.</returns>
    public string Put(object value)
    {
        values.Add(value);
        return $"?{values.Count}";
    }

    public Statement Bind(Statement statement)
    {
        for (int index = 0; index < values.Count; index++)
        {
            _ = values[index] switch
            {
                long number => statement.Bind(index + 1, number),
                string text => statement.Bind(index + 1, text),
                ElementId id => statement.Bind(index + 1, id),
                ChangeId id => statement.Bind(index + 1, id),
                byte[] bytes => statement.BindBlob(index + 1, bytes),
                object other => throw new InvalidOperationException($"No column holds a {other.GetType().Name}."),
            };
        }

        return statement;
    }

    private Conditions Add(object? value, string before, string after)
    {
        return value is null ? this : And($"{before}{Put(value)}{after}");
    }
}
