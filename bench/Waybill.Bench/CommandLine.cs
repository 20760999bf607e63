using System.CommandLine;
using Waybill.Bench.Children;
using Waybill.Bench.Figures;
using Waybill.Bench.Sites;

namespace Waybill.Bench;

/// <summary>What the program can be asked.</summary>
internal static class CommandLine
{
    private static readonly string[] Letters = ["a", "b", "c", "d", "e", "f", "g", PageFigure.Letter, "i"];

    private static readonly Option<string> Store = new("--store")
    {
        Description = "Which store: sqlite, postgres or both.",
        DefaultValueFactory = _ => "both",
    };

    private static readonly Option<string> Only = new("--only")
    {
        Description = "Which figures, as letters with commas: a throughput, b latency, c depth, d recovery, e cost, "
            + "f holding, g tracking, h pages, i HTTP server.",
        DefaultValueFactory = _ => string.Join(',', Letters),
    };

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "One run of everything with fewer elements: to see that it works, not to judge by.",
    };

    private static readonly Option<int?> Elements = new("--elements")
    {
        Description = "How many elements throughput is measured on. Default: 50,000; quick 10,000.",
    };

    private static readonly Option<int> InFlight = new("--in-flight")
    {
        Description = "How many elements the worker owns at once at the most.",
        DefaultValueFactory = _ => 2000,
    };

    private static readonly Option<int?> Runs = new("--runs")
    {
        Description = "Each figure is the median of so many runs. Default: 3; quick 1.",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "The file that the results are written to, as JSON.",
        DefaultValueFactory = _ => "bench-results.json",
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder for the databases; what is put there is removed. Default: beside the program.",
        DefaultValueFactory = _ => AppContext.BaseDirectory,
    };

    public static RootCommand Create()
    {
        Only.AcceptOnlyLetters();
        Store.AcceptOnlyFromAmong("sqlite", "postgres", "both");
        Argument<string> orders = new("task");
        Command child = new(ChildProcess.Command) { orders };
        child.Hidden = true;
        child.SetAction((parsed, _) => ChildProgram.RunAsync(parsed.GetRequiredValue(orders)));
        RootCommand root = new("Measures Waybill on this machine, beside the limit of each store.")
        {
            Store, Only, Quick, Elements, InFlight, Runs, Out, Data, child,
        };
        root.SetAction((parsed, cancel) =>
            BenchRun.RunAsync(Options(parsed), parsed.GetRequiredValue(Data), parsed.GetRequiredValue(Out), cancel));
        return root;
    }

    private static BenchOptions Options(ParseResult parsed)
    {
        bool quick = parsed.GetValue(Quick);
        return new BenchOptions
        {
            Stores = parsed.GetValue(Store) switch
            {
                "sqlite" => [StoreKind.Sqlite],
                "postgres" => [StoreKind.Postgres],
                _ => [StoreKind.Sqlite, StoreKind.Postgres],
            },
            Only = parsed.GetRequiredValue(Only).Split(','),
            Quick = quick,
            Elements = parsed.GetValue(Elements) ?? (quick ? 10_000 : 50_000),
            InFlight = parsed.GetValue(InFlight),
            Runs = parsed.GetValue(Runs) ?? (quick ? 1 : 3),
        };
    }

    private static void AcceptOnlyLetters(this Option<string> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string>().Split(',').Except(Letters).Any())
            result.AddError($"{option.Name} takes letters of {string.Join(", ", Letters)}, with commas, no blanks.");
    });
}
