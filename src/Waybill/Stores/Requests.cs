namespace Waybill.Stores;

/// <summary>
/// Names one element in flight: by id, or by the workflow and business key that it was submitted with.
/// </summary>
public readonly record struct ElementRef
{
    private ElementRef(ElementId? id, string? workflow, string? businessKey) =>
        (Id, Workflow, BusinessKey) = (id, workflow, businessKey);

    /// <summary>The id, when named by id.</summary>
    public ElementId? Id { get; }

    /// <summary>The workflow's name, when named by business key.</summary>
    public string? Workflow { get; }

    /// <summary>The business key, when named by it.</summary>
    public string? BusinessKey { get; }

    /// <summary>Names any element, submitted or called.</summary>
    /// <param name="id">The element.</param>
    public static ElementRef Of(ElementId id) => new(id, null, null);

    /// <summary>Names a submitted element.</summary>
    /// <param name="workflow">The workflow's name, any version.</param>
    /// <param name="businessKey">The key that it was submitted with.</param>
    public static ElementRef Of(string workflow, string businessKey) => new(null, workflow, businessKey);

    /// <summary>The id, or <c>workflow "key"</c>.</summary>
    public override string ToString() => Id?.ToString() ?? $"{Workflow} \"{BusinessKey}\"";
}

/// <summary>A signal to one element.</summary>
/// <param name="Target">The element.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Payload">UTF-8 JSON.</param>
public sealed record SignalDelivery(ElementRef Target, string Name, ReadOnlyMemory<byte> Payload);

/// <summary>A wish that an element, and all that it called, stop.</summary>
/// <param name="Target">The element.</param>
/// <param name="Detail">JSON for the journal: who and why.</param>
public sealed record CancelRequest(ElementRef Target, string? Detail);

/// <summary>What became of a cancel request, so far.</summary>
public enum CancelOutcome
{
    /// <summary>Marked; it takes effect at the element's next hop, unless that hop ends it.</summary>
    Requested = 0,

    /// <summary>An earlier request is still pending; nothing was added.</summary>
    AlreadyRequested = 1,

    /// <summary>The element has ended already.</summary>
    TooLate = 2,

    /// <summary>There is no such element.</summary>
    NotFound = 3,
}
