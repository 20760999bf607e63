using System.Globalization;
using System.Text;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>
/// Makes requests, each from the seed and its number: a quarter is what a caller could mean, the others are odd in a
/// few ways. Only ids that the server gave before differ from run to run.
/// </summary>
internal sealed class FuzzSource(int seed, IReadOnlyList<RouteShape> routes, FuzzPool pool)
{
    private static readonly string[] OddMethods =
        ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "G@T", "", "POST POST", "PRI"];

    private static readonly string[] OddTargets =
        ["*", "http://other.invalid{0}", "http://127.0.0.1{0}", "https://[::1]:1{0}", "other.invalid:80", "{0}{0}", "",
         "//{0}", "/.{0}", "/x/..{0}", "{0}/", "{0}/.", "{0}//", "{0}%2f", "{0}/../../..", "{0}%00", "{0};v=1"];

    private static readonly string[] OddVersions = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/9", "http/1.1", ""];

    private readonly RouteShape submit = routes.First(route => route.Name == "POST /v1/workflows/{workflow}/elements");

    public FuzzRequest Make(long number)
    {
        Random chance = new(unchecked((seed * 1_000_003) + (int)(number * 7919)));
        // Every eighth submits: without elements the other routes have nothing to find.
        long others = number - (number / 8) - 1;
        RouteShape route = number % 8 == 0 ? submit : routes[(int)(others % routes.Count)];
        double odds = chance.Next(4) == 0 ? 0 : 0.12;
        bool IsOdd() => chance.NextDouble() < odds;

        string method = IsOdd() ? OddMethods[chance.Next(OddMethods.Length)] : route.Method;
        string path = Path(route, chance, odds);
        string query = Query(route, chance, odds);
        string target = (IsOdd() && chance.Next(2) == 0
            ? string.Format(CultureInfo.InvariantCulture, OddTargets[chance.Next(OddTargets.Length)], path)
            : path) + query;
        byte[]? body = Body(route, chance, odds);
        FuzzHeaders headers = new(pool, chance, odds);
        FuzzFrame frame = headers.Frame(body, isOdd: IsOdd() && chance.Next(2) == 0);
        string version = IsOdd() && chance.Next(3) == 0 ? OddVersions[chance.Next(OddVersions.Length)] : "HTTP/1.1";
        string head = $"{method} {target} {version}\r\n{headers.Text(body is not null)}{frame.Headers}\r\n";
        return new FuzzRequest(
            number, route, [.. Encoding.Latin1.GetBytes(ToWire(head)), .. frame.Bytes],
            method == "HEAD", MayWait(route, headers, body), frame.IsTorn || version != "HTTP/1.1");
    }

    private string Path(RouteShape route, Random chance, double odds)
    {
        StringBuilder path = new();
        foreach (string segment in route.Segments)
        {
            path.Append('/');
            if (chance.NextDouble() < odds / 3)
                path.Append(OddTexts.Segment(chance));
            else if (!segment.Contains('{', StringComparison.Ordinal))
                path.Append(segment);
            else if (chance.NextDouble() < odds)
                path.Append(OddTexts.Segment(chance));
            else
                path.Append(Uri.EscapeDataString(pool.Fitting(segment.Trim('{', '}'), route.Family, chance)));
        }

        return path.ToString();
    }

    private string Query(RouteShape route, Random chance, double odds)
    {
        List<string> written = [];
        foreach (Wire.QueryParameter parameter in route.Query.Where(_ => chance.Next(3) == 0))
        {
            string value = chance.NextDouble() < odds ? OddTexts.Value(chance) : Value(parameter, route.Family, chance);
            string text = chance.NextDouble() < odds ? value : Uri.EscapeDataString(value);
            written.Add($"{parameter.Name}={text}");
            if (chance.NextDouble() < odds)
                written.Add($"{parameter.Name}={text}");
        }

        if (chance.NextDouble() < odds / 2)
            written.Add(chance.Next(2) == 0 ? OddTexts.Value(chance) : $"x[]={OddTexts.Value(chance)}&&=&=a");
        return written.Count == 0 ? "" : "?" + string.Join('&', written);
    }

    private string Value(Wire.QueryParameter parameter, string family, Random chance) => parameter.Kind switch
    {
        Wire.QueryKind.Number => chance.Next(1, 20).ToString(CultureInfo.InvariantCulture),
        Wire.QueryKind.Truth => "true",
        Wire.QueryKind.Instant => "2027-01-01T00:00:00Z",
        Wire.QueryKind.Word => parameter.Words[chance.Next(parameter.Words.Count)],
        Wire.QueryKind.Id => pool.Fitting("id", family, chance),
        _ => pool.Fitting(parameter.Name, family, chance),
    };

    private byte[]? Body(RouteShape route, Random chance, double odds)
    {
        bool isSent = route.Body is not null || chance.NextDouble() < odds;
        if (!isSent || chance.NextDouble() < odds / 4)
            return null;
        OddJson json = new(pool, route.Family, chance, odds);
        string text = json.Of(route.Body);
        return chance.NextDouble() < odds ? json.Torn(text) : Encoding.UTF8.GetBytes(text);
    }

    private static bool MayWait(RouteShape route, FuzzHeaders headers, byte[]? body) =>
        headers.AsksToWait || route.Name.EndsWith("events", StringComparison.Ordinal)
        || (body is not null && Encoding.UTF8.GetString(body).Contains("waitMs", StringComparison.Ordinal))
        || route.Name.EndsWith("/claim", StringComparison.Ordinal);

    // A request's line and headers are bytes: what is beyond Latin-1 goes as UTF-8.
    private static string ToWire(string head) =>
        head.Any(c => c > 255) ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(head)) : head;
}
