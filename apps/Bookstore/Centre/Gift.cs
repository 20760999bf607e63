namespace Bookstore.Centre;

/// <summary>Something to be wrapped.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Steps">What was done to it.</param>
public sealed record Gift(string Title, IReadOnlyList<string>? Steps = null);
