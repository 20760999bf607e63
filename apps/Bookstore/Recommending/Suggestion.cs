namespace Bookstore.Recommending;

/// <summary>An article that is put before a customer, and why.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Reason">What ties it to the article that is looked at.</param>
/// <param name="Support">How many orders or words speak for it; 0 when it is only popular.</param>
public sealed record Suggestion(string Sku, SuggestionReason Reason, int Support);

/// <summary>What ties a suggestion to an article, the strongest first.</summary>
public enum SuggestionReason
{
    /// <summary>The same orders, or the same customers, had both.</summary>
    BoughtTogether = 0,

    /// <summary>It was bought with what was bought together with the article.</summary>
    BoughtOneStepAway = 1,

    /// <summary>It was bought with articles that read like this one.</summary>
    BoughtWithLookalikes = 2,

    /// <summary>Author and title have rare words in common with it.</summary>
    Lookalike = 3,

    /// <summary>Many buy it; nothing else is known.</summary>
    Popular = 4,
}

/// <summary>What one order had in it.</summary>
/// <param name="Customer">Who bought; null for somebody without a name.</param>
/// <param name="Skus">Each article once.</param>
public sealed record Basket(string? Customer, IReadOnlyList<string> Skus);
