using Waybill.Definition;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// Declares what readers of the journal are told of an element's data: attributes to search by, and which of them are
/// personal data of whom. Each method returns the same object, so that calls can be chained.
/// </summary>
/// <remarks>
/// They are told when an element is accepted, when a hop, a change, an amendment or a person's edit gives it other
/// data, and by the first hop after it waited in the store. The functions given here must be pure; when one throws, no
/// attributes are told then.
/// </remarks>
/// <typeparam name="TData">The data that it is declared for.</typeparam>
public sealed class SearchSetup<TData>
{
    internal SearchSetup() => Draft = new SearchDefinition { DataType = typeof(TData) };

    internal SearchDefinition Draft { get; private set; }

    /// <summary>Elements can be searched and grouped by this text.</summary>
    /// <param name="name">The attribute's name: a letter, then letters and digits.</param>
    /// <param name="value">The text; null for none.</param>
    public SearchSetup<TData> Attribute(string name, Func<TData, string?> value) =>
        Add(name, data => HeldValue.Of(value(data)), isPersonal: false);

    /// <summary>Elements can be searched and grouped by this number.</summary>
    /// <param name="name">The attribute's name: a letter, then letters and digits.</param>
    /// <param name="value">The number; null for none.</param>
    public SearchSetup<TData> Attribute(string name, Func<TData, decimal?> value) =>
        Add(name, data => HeldValue.Of(value(data)), isPersonal: false);

    /// <summary>
    /// This text is personal data: it is shown with the element, kept encrypted, and cannot be searched by: a filter by
    /// its name finds nothing. To find elements by a person, search by <see cref="Subject"/>.
    /// </summary>
    /// <param name="name">The attribute's name: a letter, then letters and digits.</param>
    /// <param name="value">The text; null for none.</param>
    public SearchSetup<TData> Personal(string name, Func<TData, string?> value) =>
        Add(name, data => HeldValue.Of(value(data)), isPersonal: true);

    /// <summary>
    /// Whose the personal data is. What is kept of one subject can be made unreadable together. Default: each element
    /// is a subject of its own.
    /// </summary>
    /// <param name="subject">For example a customer's number; null for nobody.</param>
    public SearchSetup<TData> Subject(Func<TData, string?> subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        Draft = Draft with { Subject = data => subject((TData)data) };
        return this;
    }

    private SearchSetup<TData> Add(string name, Func<TData, HeldValue> value, bool isPersonal)
    {
        ArgumentNullException.ThrowIfNull(value);
        SearchAttribute added = new(Names.CheckedColumn(name), data => value((TData)data), isPersonal);
        Draft = Draft with { Attributes = [.. Draft.Attributes, added] };
        return this;
    }
}
