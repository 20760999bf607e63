using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Waybill.Services.Http;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>Says what is wrong with an answer, whatever was asked.</summary>
internal sealed class FuzzJudge(FuzzPool pool, string folder)
{
    private const string TypeStart = "urn:waybill:problem:";

    // What a fault of the server would show: a stack, a type's name, a source file, a store's own words.
    private static readonly string[] Insides =
        ["   at ", ".cs:line", "System.", "Exception", "Waybill.", "Npgsql", "SQLite", "SQLSTATE", "/src/", "/home/"];

    private readonly HashSet<string> types = [.. KnownTypes()];

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Fault(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer == FuzzAnswer.HungUp)
            return request.MayWait ? null : "no answer came in time";
        if (answer == FuzzAnswer.Closed)
            return request.IsTorn ? null : "the connection was closed without an answer";
        if (pool.Keys.Any(key => answer.Text.Contains(key, StringComparison.Ordinal)))
            return "the answer shows an API key";
        return answer.Status switch
        {
            >= 200 and < 400 => null,
            503 when answer.Header("Retry-After") is null => "a 503 without Retry-After",
            503 when answer.Text.Contains("too-many-", StringComparison.Ordinal) => ProblemFault(request, answer),
            505 when IsRefusedFrame(answer) => null,
            >= 400 and < 500 => IsRefusedFrame(answer) || request.IsHead ? null : ProblemFault(request, answer),
            _ => $"status {answer.Status}",
        };
    }

    // What is not HTTP is refused before there is a request: without a body, and the connection ends.
    private static bool IsRefusedFrame(FuzzAnswer answer) => answer is { IsLast: true, Body.Length: 0 };

    private string? ProblemFault(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer.Header("Content-Type") != Problems.MediaType)
            return $"a refusal as \"{answer.Header("Content-Type")}\"";
        JsonElement problem;
        try
        {
            problem = JsonDocument.Parse(answer.Body).RootElement;
        }
        catch (JsonException)
        {
            return "a problem that is not JSON";
        }

        bool isWhole = problem.TryGetProperty("type", out JsonElement type)
            && problem.TryGetProperty("title", out _) && problem.TryGetProperty("traceId", out _)
            && problem.TryGetProperty("detail", out JsonElement detail) && detail.GetString() is { Length: > 0 }
            && problem.TryGetProperty("status", out JsonElement status) && status.GetInt32() == answer.Status;
        if (!isWhole)
            return "a problem without its members";
        string name = type.GetString()!;
        if (!name.StartsWith(TypeStart, StringComparison.Ordinal) || !types.Contains(name[TypeStart.Length..]))
            return $"a problem of the unknown type {name}";
        string sent = request.ToString();
        return Insides.Append(folder)
            .FirstOrDefault(inside => answer.Text.Contains(inside, StringComparison.Ordinal)
                && !sent.Contains(inside, StringComparison.Ordinal)) is { } shown
            ? $"a problem that shows \"{shown}\""
            : null;
    }

    /// <summary>What the server declares, and what stands for a bare status.</summary>
    private static IEnumerable<string> KnownTypes() =>
        new[] { typeof(Problems).Assembly, typeof(WaybillServerOptions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(Declared)
            .Select(type => type.Name)
            .Concat(Enumerable.Range(400, 200).Select(ReasonPhrases.GetReasonPhrase)
                .Where(phrase => phrase.Length > 0)
                .Select(phrase => phrase.ToLowerInvariant().Replace(' ', '-')));

    private static IEnumerable<ProblemType> Declared(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(ProblemType))
            .Select(field => (ProblemType)field.GetValue(null)!);
}
