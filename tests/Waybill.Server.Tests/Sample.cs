namespace Waybill.Server.Tests;

/// <summary>The small workflows that the server's tests share.</summary>
internal static class Sample
{
    public static readonly Node<Parcel> Pack = new("pack");
    public static readonly Node<Parcel> Ship = new("ship");
    public static readonly Change<string> NoteChange = new("note-change");

    /// <summary>A workflow of two nodes; what is noted as broken fails at the second.</summary>
    public static Workflow<Parcel, string> Parcels(string name = "parcels", int version = 1) =>
        Workflow<Parcel, string>.Named(name, version).StartsAt(Pack)
            .Node(Pack, n => n.Purpose("Packs").Run(e => Route.To(Ship, e.Data)).GoesTo(Ship))
            .Node(Ship, n => n
                .Run(e => e.Data.Note == "broken"
                    ? throw new IOException("no lorry")
                    : Route.Finish($"{e.Data.Note} x{e.Data.Count}"))
                .Finishes().Retry(0, Backoff.None))
            .Changes(NoteChange, c => c.AcceptedAt([Pack, Ship], (p, note) => Changed.To(p with { Note = note })));
}

internal sealed record Parcel(string Note, int Count = 1);
