using System.Globalization;

namespace Waybill.Crash.Child;

/// <summary>What a child is to do; travels as <c>name=value</c> arguments.</summary>
internal sealed record ChildOptions
{
    /// <summary><c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>.</summary>
    public required string Store { get; init; }

    /// <summary>The worker's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file that gets a line for each run; made anew.</summary>
    public required string Runs { get; init; }

    /// <summary>The first number to submit.</summary>
    public int From { get; init; }

    /// <summary>How many numbers to submit.</summary>
    public int Count { get; init; }

    /// <summary>How many parcels that this process submitted may be under way at once.</summary>
    public int Window { get; init; } = 256;

    /// <summary>The lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the node <c>stamp</c> takes.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>The only node to host; null for all.</summary>
    public string? Node { get; init; }

    public static ChildOptions Parse(IEnumerable<string> args)
    {
        Dictionary<string, string> given = args
            .Select(arg => arg.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return new ChildOptions
        {
            Store = given["store"],
            Name = given["name"],
            Runs = given["runs"],
            From = Number("from"),
            Count = Number("count"),
            Window = Number("window"),
            Lease = TimeSpan.FromMilliseconds(Number("lease")),
            Work = TimeSpan.FromMilliseconds(Number("work")),
            Node = given.GetValueOrDefault("node"),
        };

        int Number(string name) => int.Parse(given[name], CultureInfo.InvariantCulture);
    }

    public IEnumerable<string> ToArguments()
    {
        yield return $"store={Store}";
        yield return $"name={Name}";
        yield return $"runs={Runs}";
        yield return string.Create(CultureInfo.InvariantCulture, $"from={From}");
        yield return string.Create(CultureInfo.InvariantCulture, $"count={Count}");
        yield return string.Create(CultureInfo.InvariantCulture, $"window={Window}");
        yield return string.Create(CultureInfo.InvariantCulture, $"lease={Lease.TotalMilliseconds:F0}");
        yield return string.Create(CultureInfo.InvariantCulture, $"work={Work.TotalMilliseconds:F0}");
        if (Node is not null)
            yield return $"node={Node}";
    }
}
