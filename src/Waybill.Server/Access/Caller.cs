using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Waybill.Server.Access;

/// <summary>Who sent a request, and what they are limited to.</summary>
/// <param name="Name">The name of the API key with its prefix, or of the host's principal.</param>
/// <param name="KeyPrefix">The visible part of the API key; null without one.</param>
/// <param name="Workflows">The workflows that it is limited to; empty for all.</param>
internal sealed record Caller(string Name, string? KeyPrefix, IReadOnlyList<string> Workflows)
{
    public const string KeyClaim = "waybill-key";
    public const string WorkflowClaim = "waybill-workflow";

    private const int ReasonLengthMax = 4000;

    /// <summary>The process that hosts the server.</summary>
    public static Caller Host { get; } = new("host", null, []);

    public bool IsLimited => Workflows.Count > 0;

    public static Caller Of(HttpContext context) => Of(context.User);

    public static Caller Of(ClaimsPrincipal user) => new(
        user.Identity?.Name is { Length: > 0 } name ? name : "unnamed",
        user.FindFirst(KeyClaim)?.Value,
        [.. user.FindAll(WorkflowClaim).Select(claim => claim.Value)]);

    public static Caller Of(Actor actor) => new(actor.Name, null, []);

    public bool Reaches(string workflow) => !IsLimited || Workflows.Contains(workflow, StringComparer.Ordinal);

    /// <summary>
    /// The workflow that a listing is about: what was asked for, or the one that the caller is limited to.
    /// </summary>
    /// <exception cref="ProblemException">The caller does not reach it, or must say which it means.</exception>
    public string? Narrowed(string? workflow)
    {
        if (workflow is null && IsLimited)
        {
            return Workflows.Count == 1
                ? Workflows[0]
                : throw new ProblemException(
                    ServerProblems.OutOfScope,
                    $"This key is limited to {string.Join(", ", Workflows)}. Say which of them is meant: workflow=…");
        }

        return workflow is null || Reaches(workflow) ? workflow : throw OutOfScope(workflow);
    }

    /// <summary>Who acts, for journals and ledgers.</summary>
    /// <exception cref="ProblemException">The reason is too long for a journal.</exception>
    public Actor ToActor(string? reason = null) => reason?.Length > ReasonLengthMax
        ? throw new ProblemException(
            ProblemType.InvalidInput,
            $"A reason has at most {ReasonLengthMax} characters; this one has {reason.Length}.")
        : new Actor(Name, reason);

    private ProblemException OutOfScope(string workflow) => new(
        ServerProblems.OutOfScope,
        $"This key is limited to {string.Join(", ", Workflows)}; \"{workflow}\" is not among them.");
}
