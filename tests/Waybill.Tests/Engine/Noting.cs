using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>A change of a parcel's note, for the tests of changes in flight.</summary>
internal static class Noting
{
    public static readonly Change<string> NoteChange = new("note-change");

    public static Changed<Parcel> Noted(Parcel parcel, string note) => Changed.To(parcel with { Note = note });

    /// <summary>Accepts the change at nodes.</summary>
    public static Workflow<Parcel, string> Notes(
        this Workflow<Parcel, string> flow, IReadOnlyList<Node<Parcel>> accepting, params Node[] past) =>
        flow.Changes(NoteChange, c => c.AcceptedAt(accepting, Noted).TooLateFrom(past));

    public static Task<ChangeTicket> NoteAsync(this TestSite site, ElementId element, string note = "new") =>
        site.Client.Changes.RequestAsync(ElementRef.Of(element), NoteChange, note, Clerk);

    public static async Task<ChangeRecord> RecordAsync(this TestSite site, ChangeTicket ticket) =>
        (await site.Client.Changes.FindAsync(ticket.Id))!;

    public static async Task<ElementOutcome> OutcomeAsync(this TestSite site, ChangeTicket ticket) =>
        Assert.Single((await site.RecordAsync(ticket)).Outcomes);

    public static async Task<ChangeOutcome[]> OutcomesAsync(this TestSite site, ChangeTicket ticket) =>
        [.. (await site.RecordAsync(ticket)).Outcomes.Select(outcome => outcome.Outcome)];
}
