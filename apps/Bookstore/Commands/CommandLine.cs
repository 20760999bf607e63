using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookstore.Desks;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>The program's commands and options.</summary>
public static class CommandLine
{
    /// <summary>How words are read: an address that begins with @ names no file of more words.</summary>
    public static ParserConfiguration WordsAsTheyAre { get; } = new() { ResponseFileTokenReplacer = null };

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly Option<StoreAddress> Store = new("--store")
    {
        Description = "sqlite:FILE or postgres:CONNECTION",
        DefaultValueFactory = _ => StoreAddress.Default,
        CustomParser = result =>
        {
            try
            {
                return StoreAddress.Parse(result.Tokens[0].Value);
            }
            catch (FormatException wrong)
            {
                result.AddError(wrong.Message);
                return null;
            }
        },
        Recursive = true,
    };

    private static readonly Option<FileInfo?> Keys = new("--keys")
    {
        Description = "The keys that cards are encrypted with, made when there are none. All processes need the same "
            + "[default: beside a SQLite file, else bookstore.keys in this folder]",
        Recursive = true,
    };

    private static readonly Option<FileInfo> CatalogFile = new Option<FileInfo>("--catalog")
    {
        Description = "A CSV file of books (book_id, isbn, authors, title, ratings_count) to sell",
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> OrdersFile = new Option<FileInfo>("--orders")
    {
        Description = "A CSV file of order lines (InvoiceNo, StockCode, Quantity, UnitPrice, …) to run",
    }.AcceptExistingOnly();

    private static readonly Option<double> Rate = new("--rate")
    {
        Description = "Orders a second; 0 for as fast as they are accepted",
        DefaultValueFactory = _ => 200,
    };

    private static readonly Option<long> Count = new("--count")
    {
        Description = "How many made-up orders there are in all",
        DefaultValueFactory = _ => 2000,
    };

    private static readonly Option<string?> Nodes = new("--nodes")
    {
        Description = "Host only these: workflow, node or workflow/node, with commas between them",
    };

    private static readonly Option<double> Speed = new("--speed")
    {
        Description = "How many times as fast as life people, processors and carriers are; 0 for no time at all",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Decides what is made up, and what goes wrong",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double> Report = new("--report")
    {
        Description = "Seconds between two reports when the output is no terminal",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<bool> NoFeed = new("--no-feed")
    {
        Description = "Only work on orders that another process sends in, until Ctrl+C",
    };

    private static readonly Option<string> Clerk = new("--by")
    {
        Description = "Who asks",
        DefaultValueFactory = _ => Environment.UserName,
    };

    private static readonly Option<string?> Reason = new("--reason") { Description = "Why" };

    /// <summary>Makes the commands.</summary>
    /// <param name="output">Where they print.</param>
    /// <param name="running">The services of the site that this process runs; null when it runs none.</param>
    public static RootCommand Create(TextWriter output, IServiceProvider? running = null)
    {
        foreach (Option number in (Option[])[Rate, Count, Speed, Report])
        {
            if (number.Validators.Count == 0)
                number.Validators.Add(MustNotBeNegative);
        }

        if (Clerk.Validators.Count == 0)
            Clerk.Validators.Add(MustNotBeBlank);

        RootCommand root = new("An online bookstore's order pipeline with its distribution centres, on Waybill.")
        {
            Store, Keys, CatalogFile, OrdersFile, Rate, Count, Nodes, Speed, Seed, Report, NoFeed,
            ServingWords.Serve, ServingWords.Urls, ServingWords.Use, ServingWords.Http,
            ServingWords.Trace, ServingWords.CallbackNetworks,
        };
        root.SetAction((parsed, cancel) => new RunCommand(RunOrderOf(parsed), output).RunAsync(cancel));
        root.Subcommands.Add(ServingWords.Command(SiteOf, output, Speed, Seed));
        root.Subcommands.Add(Verify(output));
        root.Subcommands.Add(Pipeline(output));
        root.Subcommands.Add(Sidelined(output, running));
        root.Subcommands.Add(Cancel(output, running));
        root.Subcommands.Add(Change("change-address", CustomerChanges.Address, "address", "Street and town",
            text => new AddressChange(text), output, running));
        root.Subcommands.Add(Change("change-card", CustomerChanges.Card, "card", "The new card",
            text => new CardChange(text), output, running));
        root.Subcommands.Add(Ledger(output, running));
        root.Subcommands.Add(new DeskWord(
            "held", "Show what is held in picklists and for charging.", output, running, _ => new HeldCommand()));
        root.Subcommands.Add(Release(output, running));
        root.Subcommands.Add(Aside(output, running));
        foreach (Command word in TrackingWords.Commands(Store, output))
            root.Subcommands.Add(word);
        return root;
    }

    /// <summary>Carries a terminal's command out on the site that this process runs.</summary>
    public static Task<int> CarryOutAsync(
        IReadOnlyList<string> words, IServiceProvider running, TextWriter output, CancellationToken cancel)
    {
        ParseResult parsed = Create(output, running).Parse(words, WordsAsTheyAre);
        if (parsed.CommandResult.Command is not DeskWord)
            throw new InvalidOperationException($"\"{string.Join(' ', words)}\" is not done at the desk.");
        InvocationConfiguration quiet = new()
        {
            Output = output,
            Error = output,
            EnableDefaultExceptionHandler = false,
            // Signals are for the run, which drains; not for a command that it happens to carry out.
            ProcessTerminationTimeout = null,
        };
        return parsed.InvokeAsync(quiet, cancel);
    }

    private const StringSplitOptions NoEmptyNames =
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    internal static void MustNotBeNegative(OptionResult option)
    {
        double given = option.Tokens.Count == 1
            && double.TryParse(option.Tokens[0].Value, CultureInfo.InvariantCulture, out double number) ? number : 0;
        if (!double.IsFinite(given) || given < 0)
            option.AddError($"{option.Option.Name} cannot be {option.Tokens[0].Value}: give a number from 0 on.");
    }

    private static void MustBeADayAtMost(OptionResult option)
    {
        if (option.Tokens.Count == 1
            && double.TryParse(option.Tokens[0].Value, CultureInfo.InvariantCulture, out double seconds)
            && seconds > LongestWait.TotalSeconds)
        {
            option.AddError(string.Create(
                CultureInfo.InvariantCulture,
                $"{option.Option.Name} cannot be {seconds}: give {LongestWait.TotalSeconds} seconds, a day, at most."));
        }
    }

    private static void MustNotBeBlank(OptionResult option)
    {
        if (option.Tokens.Count == 1 && string.IsNullOrWhiteSpace(option.Tokens[0].Value))
            option.AddError($"{option.Option.Name} is empty: say who asks.");
    }

    private static RunOrder RunOrderOf(ParseResult parsed) => new()
    {
        Site = ServingWords.AddTo(SiteOf(parsed), parsed) with
        {
            Nodes = parsed.GetValue(Nodes)?.Split(',', NoEmptyNames) ?? [],
        },
        CatalogFile = parsed.GetValue(CatalogFile)?.FullName,
        OrdersFile = parsed.GetValue(OrdersFile)?.FullName,
        Rate = parsed.GetValue(Rate),
        Count = parsed.GetValue(Count),
        ReportEvery = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(Report), 0.01, LongestWait.TotalSeconds)),
        Feeds = !parsed.GetValue(NoFeed),
    };

    private static SiteOrder PlaceOf(ParseResult parsed) => new()
    {
        Store = parsed.GetValue(Store)!,
        KeyFile = parsed.GetValue(Keys)?.FullName,
    };

    private static SiteOrder SiteOf(ParseResult parsed) => PlaceOf(parsed) with
    {
        Speed = parsed.GetValue(Speed),
        Seed = parsed.GetValue(Seed),
    };

    private static Command Verify(TextWriter output)
    {
        Command command = new("verify", "Check that every order is in one place, and that units and money add up.");
        command.SetAction((parsed, cancel) =>
            new VerifyCommand(PlaceOf(parsed), output).RunAsync(cancel));
        return command;
    }

    private static Command Pipeline(TextWriter output)
    {
        Command command = new("pipeline", "Print the workflows as they run: nodes, exits, limits.");
        command.SetAction((_, _) => new PipelineCommand(output).RunAsync());
        return command;
    }

    private static DeskWord Sidelined(TextWriter output, IServiceProvider? running)
    {
        Argument<SidelinedAct> act = new("act")
        {
            Description = "What to do with elements whose retries ran out",
            DefaultValueFactory = _ => SidelinedAct.List,
        };
        Option<string?> node = new("--node") { Description = "Only those at this node" };
        Option<string?> type = new("--type") { Description = "Only those whose error is of this type, as group shows" };
        return new DeskWord(
            "sidelined", "Show, retry or drop elements whose retries ran out.", output, running,
            parsed => new SidelinedCommand(
                parsed.GetValue(act),
                new SidelinedFilter { Node = parsed.GetValue(node), FailureType = parsed.GetValue(type) }))
        {
            act, node, type,
        };
    }

    private static DeskWord Cancel(TextWriter output, IServiceProvider? running)
    {
        Argument<string> order = new("order") { Description = "The order's number" };
        return new DeskWord(
            "cancel", "Cancel an order that has not been shipped.", output, running,
            parsed => new CancelCommand(parsed.GetValue(order)!, ClerkOf(parsed)))
        {
            order, Clerk, Reason,
        };
    }

    private static DeskWord Change<TChange>(
        string name, Change<TChange> change, string what, string description, Func<string, TChange> toPayload,
        TextWriter output, IServiceProvider? running)
    {
        Argument<string> order = new("order") { Description = "The order's number" };
        Argument<string> text = new(what) { Description = description };
        Option<double> wait = new("--wait")
        {
            Description = "Seconds to wait for it; what has not come through by then is withdrawn. 0: do not wait",
            DefaultValueFactory = _ => 5,
        };
        wait.Validators.Add(MustNotBeNegative);
        wait.Validators.Add(MustBeADayAtMost);
        return new DeskWord(
            name, $"Change the {what} of an order that is under way.", output, running,
            parsed => new ChangeCommand<TChange>(
                parsed.GetValue(order)!,
                change,
                toPayload(parsed.GetValue(text)!),
                ClerkOf(parsed),
                parsed.GetValue(wait) is > 0 and double seconds ? TimeSpan.FromSeconds(seconds) : null))
        {
            order, text, wait, Clerk, Reason,
        };
    }

    private static DeskWord Ledger(TextWriter output, IServiceProvider? running)
    {
        Argument<string> order = new("order") { Description = "The order's number" };
        return new DeskWord(
            "ledger", "Show what was asked for about an order, and what became of it.", output, running,
            parsed => new LedgerCommand(parsed.GetValue(order)!))
        {
            order,
        };
    }

    private static DeskWord Release(TextWriter output, IServiceProvider? running)
    {
        Argument<string> group = new("group") { Description = "The group, as held shows it" };
        return new DeskWord(
            "release", "Release a held group at once.", output, running,
            parsed => new ReleaseCommand(parsed.GetValue(group)!, ClerkOf(parsed)))
        {
            group, Clerk, Reason,
        };
    }

    private static DeskWord Aside(TextWriter output, IServiceProvider? running)
    {
        Argument<AsideWish> wish = new("act")
        {
            Description = "What to do with rows of the journal that tracking cannot take in",
            DefaultValueFactory = _ => AsideWish.List,
        };
        Option<long?> row = new("--row") { Description = "Only this one, by its number; default: all" };
        return new DeskWord(
            "aside", "Show, retry or dismiss rows of the journal that tracking set aside.", output, running,
            parsed => new AsideCommand(
                parsed.GetValue(wish), parsed.GetValue(row), parsed.GetValue(Store)!, ClerkOf(parsed)))
        {
            wish, row, Clerk, Reason,
        };
    }

    private static Actor ClerkOf(ParseResult parsed) => new(parsed.GetValue(Clerk)!, parsed.GetValue(Reason));

    /// <summary>A command that is carried out at the desk.</summary>
    private sealed class DeskWord : Command
    {
        public DeskWord(
            string name, string description, TextWriter output, IServiceProvider? running,
            Func<ParseResult, IDeskCommand> toCommand)
            : base(name, description) =>
            SetAction((parsed, cancel) => new Desk(PlaceOf(parsed), running, output)
                .ServeAsync(toCommand(parsed), [.. parsed.Tokens.Select(token => token.Value)], cancel));
    }
}
