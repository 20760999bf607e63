using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Bookstore.Services;

namespace Bookstore.Commands;

/// <summary>The words that say which services a process carries out, and where it finds the others.</summary>
internal static class ServingWords
{
    private const StringSplitOptions NoEmptyNames =
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public static Option<IReadOnlyList<string>> Serve { get; } = new("--serve")
    {
        Description = "Carry these services out for other processes too: names with commas between them, or all",
        DefaultValueFactory = _ => [],
        CustomParser = Names,
    };

    public static Option<IReadOnlyList<string>> Urls { get; } = new("--urls")
    {
        Description = "Where to listen for calls of services",
        DefaultValueFactory = _ => ["http://127.0.0.1:5081"],
        CustomParser = Addresses,
    };

    public static Option<IReadOnlyDictionary<string, string>> Use { get; } = new("--use")
    {
        Description = "Call services of other processes: payments=http://127.0.0.1:5082, commas between several; on "
            + "PostgreSQL just payments, for wherever it is served",
        DefaultValueFactory = _ => new Dictionary<string, string>(),
        CustomParser = Places,
    };

    public static Option<IReadOnlyList<string>> Http { get; } = new("--http")
    {
        Description = "Open the shop and the site's API there, for example http://127.0.0.1:5080",
        DefaultValueFactory = _ => [],
        CustomParser = Addresses,
    };

    public static Option<IReadOnlyList<IPNetwork>> CallbackNetworks { get; } = new("--callbacks-to")
    {
        Description = "Send callbacks to these networks although they are not public, for example 127.0.0.0/8",
        DefaultValueFactory = _ => [],
        CustomParser = Networks,
    };

    public static Option<string?> Trace { get; } = new("--trace")
    {
        Description = "Write the spans of this process to a file, one line of JSON each",
    };

    /// <exception cref="InvalidDataException">A service cannot be found without its address.</exception>
    public static SiteOrder AddTo(SiteOrder order, ParseResult parsed)
    {
        IReadOnlyList<string> serves = parsed.GetValue(Serve)!;
        IReadOnlyList<string> shop = parsed.GetValue(Http)!;
        return order with
        {
            Serves = serves,
            Uses = UsesOf(order, parsed),
            Urls = [.. (serves.Count > 0 ? parsed.GetValue(Urls)! : []).Concat(shop).Distinct()],
            HasShop = shop.Count > 0,
            ServiceKey = KeyOfEnvironment(),
            TraceFile = parsed.GetValue(Trace),
            CallbackNetworks = parsed.GetValue(CallbackNetworks)!,
        };
    }

    /// <summary>The command of a process that only carries services out.</summary>
    public static Command Command(Func<ParseResult, SiteOrder> siteOf, TextWriter output, params Option[] options)
    {
        Argument<IReadOnlyList<string>> services = new("services")
        {
            Description = "Which: names with commas between them, or all",
            CustomParser = Names,
        };
        Command command = new("serve", "Carry services out for other processes, and nothing else, until Ctrl+C.")
        {
            services, Urls, Use, Trace,
        };
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction((parsed, cancel) =>
        {
            SiteOrder site = ServerOf(siteOf(parsed), parsed.GetValue(services)!) with
            {
                Uses = UsesOf(siteOf(parsed), parsed),
                Urls = parsed.GetValue(Urls)!,
                ServiceKey = KeyOfEnvironment(),
                TraceFile = parsed.GetValue(Trace),
            };
            return new ServeCommand(site, output).RunAsync(cancel);
        });
        return command;
    }

    /// <exception cref="InvalidDataException">The store belongs to another process, and they write to it.</exception>
    private static SiteOrder ServerOf(SiteOrder site, IReadOnlyList<string> services)
    {
        bool isSqlite = site.Store.Kind == StoreKind.Sqlite;
        if (isSqlite && services.Where(ShopServices.Writes).ToList() is { Count: > 0 } writing)
        {
            throw new InvalidDataException(
                $"{string.Join(", ", writing)} writes to {site.Store}, which only the process that runs the site may "
                + $"do. Give that one --serve {string.Join(',', writing)}, or keep the site in PostgreSQL.");
        }

        return site with
        {
            Serves = services,
            HasStore = !isSqlite || services.Any(ShopServices.NeedsStore),
            HasWorker = false,
            IsReadOnly = isSqlite,
        };
    }

    private static IReadOnlyDictionary<string, string> UsesOf(SiteOrder site, ParseResult parsed)
    {
        IReadOnlyDictionary<string, string> uses = parsed.GetValue(Use)!;
        string? lost = site.Store.Kind == StoreKind.Postgres
            ? null
            : uses.Where(use => use.Value.Length == 0).Select(use => use.Key).FirstOrDefault();
        return lost is null
            ? uses
            : throw new InvalidDataException(
                $"Where is {lost}? Only processes that share a site in PostgreSQL find each other. Write, for example, "
                + $"--use {lost}=http://127.0.0.1:5082.");
    }

    private static IReadOnlyList<string> Names(ArgumentResult result)
    {
        string[] names =
            [.. result.Tokens.SelectMany(token => token.Value.Split(',', NoEmptyNames)).Distinct()];
        if (names is ["all"])
            return ShopServices.Names;
        CheckNames(names, result);
        return names;
    }

    private static Dictionary<string, string> Places(ArgumentResult result)
    {
        Dictionary<string, string> places = [];
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',', NoEmptyNames)))
        {
            string[] parts = text.Split('=', 2);
            if (parts.Length == 1 || IsAddress(parts[1]))
                places[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
            else
                result.AddError($"\"{text}\" does not say where a service is: write payments=http://127.0.0.1:5082.");
        }

        CheckNames(places.Keys, result);
        return places;
    }

    private static IReadOnlyList<string> Addresses(ArgumentResult result)
    {
        string[] addresses = [.. result.Tokens.SelectMany(token => token.Value.Split(',', NoEmptyNames))];
        foreach (string address in addresses.Where(address => !IsAddress(address)))
            result.AddError($"\"{address}\" is no address to listen on: write http://127.0.0.1:5081.");
        return addresses;
    }

    private static IReadOnlyList<IPNetwork> Networks(ArgumentResult result)
    {
        List<IPNetwork> networks = [];
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',', NoEmptyNames)))
        {
            if (IPNetwork.TryParse(text, out IPNetwork network))
                networks.Add(network);
            else
                result.AddError($"\"{text}\" is no network: write 127.0.0.0/8.");
        }

        return networks;
    }

    private static void CheckNames(IEnumerable<string> names, ArgumentResult result)
    {
        foreach (string unknown in names.Except(ShopServices.Names))
        {
            result.AddError(
                $"There is no service \"{unknown}\". There are {string.Join(", ", ShopServices.Names)}.");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp;

    private static string? KeyOfEnvironment() =>
        Environment.GetEnvironmentVariable("BOOKSTORE_SERVICE_KEY") is { Length: > 0 } key ? key : null;
}
