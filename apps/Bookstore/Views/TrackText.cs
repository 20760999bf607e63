using System.Globalization;
using Waybill;
using Waybill.Stores;
using Waybill.Tracking;

namespace Bookstore.Views;

/// <summary>Prints what tracking knows.</summary>
internal static class TrackText
{
    /// <summary>A family as a tree: where each member is, how long it was where, and what happened to it.</summary>
    public static async Task WriteAsync(Family family, TextWriter output)
    {
        await WriteAsync(family.Root, 0, output);
        foreach (FamilyMember batch in family.Batches)
        {
            await output.WriteLineAsync($"batch {batch.Element.BusinessKey}:");
            await WriteAsync(batch, 1, output);
        }
    }

    public static string Line(TrackedElement element) => Invariant(
        $"{element.BusinessKey,-24} {$"{element.Node.Workflow}/{element.Node.Node}",-24} {StateOf(element),-12}")
        + Invariant($" since {element.Since:yyyy-MM-dd HH:mm:ss}");

    /// <summary>A duration as people read it.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds < 10
        ? Invariant($"{span.TotalMilliseconds:N0} ms")
        : span.TotalMinutes < 10 ? Invariant($"{span.TotalSeconds:N0} s") : Invariant($"{span.TotalMinutes:N0} min");

    private static async Task WriteAsync(FamilyMember member, int depth, TextWriter output)
    {
        string indent = new(' ', depth * 4);
        await output.WriteLineAsync($"{indent}{Line(member.Element)}");
        foreach (TrackedStep step in member.Steps)
            await output.WriteLineAsync($"{indent}  {LineOf(step)}");
        foreach (NodeTime time in member.Times)
        {
            await output.WriteLineAsync(
                $"{indent}  at {time.Node.Node,-16} waited {Span(time.Waited),9}, worked {Span(time.Worked),9}"
                + Invariant($" in {time.Runs} run(s)"));
        }

        foreach (FamilyMember called in member.Called)
            await WriteAsync(called, depth + 1, output);
    }

    private static string LineOf(TrackedStep step)
    {
        string detail = step.IsErased ? "(erased)" : step.Milestone ?? DetailOf(step) ?? "";
        return Invariant($"{step.At:HH:mm:ss.fff} {step.Kind,-15} {step.Node.Node,-16} {detail}").TrimEnd();
    }

    // Members' ids and called ids are in the tree already.
    private static string? DetailOf(TrackedStep step) =>
        step.Kind is JournalKind.Accepted or JournalKind.Called or JournalKind.Released
            ? null
            : SecretDesk.Masked(step.Detail);

    private static string StateOf(TrackedElement element) =>
        (element.Ending?.ToString() ?? element.State.ToString()).ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
