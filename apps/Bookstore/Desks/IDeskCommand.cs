namespace Bookstore.Desks;

/// <summary>Something that a clerk asks of a site, also while another process runs it.</summary>
public interface IDeskCommand
{
    /// <summary>Whether it changes nothing.</summary>
    bool OnlyLooks { get; }

    /// <summary>Carries it out on an open site.</summary>
    /// <param name="site">The site's services.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The exit code: 0 when it did what it was asked.</returns>
    Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel);
}
