using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>Writes JSON that nearly is what a route reads: the members of its type, with a few things wrong.</summary>
internal sealed class OddJson(FuzzPool pool, string family, Random chance, double odds)
{
    private const int DepthMax = 6;

    private static readonly string[] Wrong =
    [
        "null", "true", "0", "-1", "1e400", "-0", "9223372036854775808", "123456789012345678901234567890", "\"\"",
        "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ufffe\"", "[]", "{}", "[null]", "[[[]]]",
        "{\"\":{}}", "{\"a\":1,\"a\":2}", "{\"$type\":\"x\"}", "[1,\"a\",null,{}]", "\"\\u202e\"", "[\"\\ud83d\"]",
    ];

    private static readonly string[] Payloads =
    [
        """{"note":"a","count":2}""", """{"note":"broken","count":1}""", """{"title":"b"}""", """{"title":null}""",
        """{"method":"ground","zone":"A","grams":100}""", """{"method":null,"zone":"","grams":-1}""", """{"id":"w"}""",
        """{"note":"a\u0000b","count":2}""", """{"note":"\ud800"}""", """{"\udc00":1}""",
        """{"note":"a","unknown":[1]}""", "\"text\"",
    ];

    /// <summary>A value of a type, or nearly.</summary>
    public string Of(Type? type, string name = "", int depth = 0)
    {
        if (chance.NextDouble() < odds)
            return Strange();
        if (type is null || type == typeof(JsonElement))
            return Payloads[chance.Next(Payloads.Length)];
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain != type && chance.Next(3) == 0)
            return "null";
        if (plain == typeof(string))
            return Quoted(chance.NextDouble() < odds ? OddTexts.Value(chance) : pool.Fitting(name, family, chance));
        if (plain == typeof(bool))
            return chance.Next(2) == 0 ? "true" : "false";
        if (plain == typeof(Guid))
            return Quoted(pool.Fitting("id", family, chance));
        if (plain == typeof(DateTimeOffset))
            return Quoted("2027-01-01T00:00:00Z");
        if (plain.IsEnum)
            return Quoted(JsonNamingPolicy.CamelCase.ConvertName(chance.GetItems(Enum.GetNames(plain), 1)[0]));
        if (plain.IsPrimitive || plain == typeof(decimal))
            return Number(name);
        if (depth >= DepthMax)
            return "null";
        return plain.IsAssignableTo(typeof(IEnumerable)) ? List(plain, name, depth) : Object(plain, depth);
    }

    /// <summary>Text that was JSON.</summary>
    public byte[] Torn(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        int at = chance.Next(bytes.Length + 1);
        return chance.Next(8) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], (byte)chance.Next(256), .. bytes[at..]],
            2 => [.. bytes[..at], 0xC0, 0xAF, .. bytes[at..]],
            3 => [0xEF, 0xBB, 0xBF, .. bytes],
            4 => Encoding.Unicode.GetBytes(json),
            5 => [.. bytes, .. bytes],
            6 => [.. "/* */"u8, .. bytes, .. ",]"u8],
            _ => Encoding.Latin1.GetBytes(OddTexts.Noise(chance, chance.Next(1, 200))),
        };
    }

    private string Strange() => chance.Next(12) switch
    {
        0 => Deep(chance.Next(20, 40)),
        1 => Deep(chance.Next(900, 20_000)),
        2 => Quoted(new string('y', chance.Next(190, 20_000))),
        3 => Quoted(OddTexts.Value(chance)),
        4 => "NaN",
        5 => "'a'",
        6 => "[" + string.Join(',', Enumerable.Repeat("1", chance.Next(100, 2000))) + "]",
        _ => Wrong[chance.Next(Wrong.Length)],
    };

    private string Deep(int levels) => chance.Next(2) == 0
        ? new string('[', levels) + new string(']', levels)
        : string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

    private string Number(string name) => chance.Next(4) switch
    {
        0 => chance.Next(-2, 3).ToString(CultureInfo.InvariantCulture),
        1 => chance.Next().ToString(CultureInfo.InvariantCulture),
        _ => pool.Fitting(pool.Knows(name) ? name : "confirm", family, chance),
    };

    private string List(Type list, string name, int depth)
    {
        Type? item = list.IsArray ? list.GetElementType() : list.GetGenericArguments().LastOrDefault();
        bool isObject = list.GetGenericArguments().Length == 2;
        IEnumerable<string> items = Enumerable.Range(0, chance.Next(4))
            .Select(i => (isObject ? $"\"{name}{i}\":" : "") + Of(item, name, depth + 1));
        return isObject ? "{" + string.Join(',', items) + "}" : "[" + string.Join(',', items) + "]";
    }

    private string Object(Type type, int depth)
    {
        ConstructorInfo? maker = type.GetConstructors().MaxBy(made => made.GetParameters().Length);
        List<(string Name, Type Type, bool IsFree)> members = maker is { } found && found.GetParameters().Length > 0
            ? [.. found.GetParameters().Select(p => (p.Name!, p.ParameterType, p.HasDefaultValue))]
            : [.. type.GetProperties().Select(p => (p.Name, p.PropertyType, true))];
        List<string> written = [];
        foreach ((string name, Type memberType, bool isFree) in members)
        {
            string camel = JsonNamingPolicy.CamelCase.ConvertName(name);
            if (isFree ? chance.Next(2) == 0 : chance.NextDouble() < odds)
                continue;
            written.Add($"\"{camel}\":{Of(memberType, camel, depth + 1)}");
            if (chance.NextDouble() < odds / 2)
                written.Add($"\"{camel}\":{Of(memberType, camel, depth + 1)}");
        }

        if (chance.NextDouble() < odds)
            written.Add($"{Quoted(OddTexts.Value(chance))}:{Strange()}");
        return "{" + string.Join(',', written) + "}";
    }

    // A lone half of a pair cannot be encoded: it stands as an escape, as a client in another language would send it.
    private static string Quoted(string text) =>
        "\"" + JavaScriptEncoder.Default.Encode(text).Replace("\\uFFFD", "\\uD800", StringComparison.Ordinal) + "\"";
}
