namespace Bookstore.Audit;

/// <summary>Something that is wrong.</summary>
/// <param name="Subject">What it is wrong with.</param>
/// <param name="Description">What is wrong; numbers can differ from one look to the next.</param>
public sealed record Fault(string Subject, string Description);

/// <summary>What one check looked at, and what it found.</summary>
/// <param name="Check">The rule.</param>
/// <param name="Seen">What was looked at, with totals.</param>
/// <param name="Faults">The culprits; empty when all is well.</param>
public sealed record Finding(string Check, string Seen, IReadOnlyList<Fault> Faults);
