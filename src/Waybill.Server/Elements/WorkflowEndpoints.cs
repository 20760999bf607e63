using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Callbacks;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;

namespace Waybill.Server.Elements;

/// <summary>The workflows of the site, and the way into each.</summary>
internal static class WorkflowEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("workflows", List)
            .Is(ServerRole.Reader, "ListWorkflows", "The workflows of the site, all versions.")
            .LooksAtScope()
            .Gives<Listing<WorkflowAnswer>>();
        group.MapPost("workflows/{workflow}/elements", SubmitAsync)
            .Is(ServerRole.Submitter, "SubmitElement", "Submits an element to the newest version of a workflow.")
            .Reads<SubmitBody>()
            .Example("""{"key":"order-4711","data":{"sku":"A1","quantity":2}}""")
            .GivesTicket()
            .Honours(RequestHeader.IdempotencyKey, RequestHeader.Prefer)
            .WithIdempotencyKey();
    }

    private static IResult List(HttpContext http, SiteClient site)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        return Answer.Ok(new Listing<WorkflowAnswer>(
            [
                .. site.Workflows.Where(workflow => caller.Reaches(workflow.Name))
                    .Select(workflow => WorkflowAnswer.Of(workflow, site)),
            ],
            null));
    }

    private static async Task<IResult> SubmitAsync(
        string workflow, HttpContext http, Tickets tickets, CallbackSubmission callbacks)
    {
        Query.Of(http);
        SubmitBody body = await StrictJson.ReadAsync<SubmitBody>(http.Request, cancel: http.RequestAborted);
        if (workflow == CallbackWorkflow.Name)
            throw Answer.NotFound("Callbacks are ordered with what they tell of: give its submission a callback.");
        byte[] data = JsonMarshal.GetRawUtf8Value(body.Data).ToArray();
        return body.Callback is { } endpoint
            ? await callbacks.SubmitAsync(http, workflow, body.Key, data, endpoint)
            : await tickets.SubmitAsync(http, workflow, body.Key, data);
    }
}

/// <summary>An element that is to be submitted.</summary>
/// <param name="Data">What goes in.</param>
/// <param name="Key">
/// The business key: 1 to 200 characters, no control characters, no white space at either end. A second submission of
/// the same key to the same workflow changes nothing and gets the first one's ticket. None: a new key.
/// </param>
/// <param name="Callback">The callback endpoint that is told when the ticket ends.</param>
internal sealed record SubmitBody(JsonElement Data, string? Key = null, string? Callback = null);

/// <summary>A workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsNewest">Whether submitted elements go to this version.</param>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Changes">What elements of it can be asked for in flight.</param>
/// <param name="Input">What goes in, as JSON schema.</param>
internal sealed record WorkflowAnswer(
    string Name, int Version, bool IsNewest, IReadOnlyList<WorkflowNodeAnswer> Nodes, IReadOnlyList<string> Changes,
    JsonNode Input)
{
    public static WorkflowAnswer Of(Workflow workflow, SiteClient site) => new(
        workflow.Name,
        workflow.Version,
        site.Workflows.All(other => other.Name != workflow.Name || other.Version <= workflow.Version),
        [
            .. site.Nodes.Where(node => node.Node.Workflow == workflow.Name && node.Node.Version == workflow.Version)
                .Select(node => new WorkflowNodeAnswer(
                    node.Node.Node, node.Purpose, node.ConcurrencyMax, site.HeldQueues.Contains(node.Node))),
        ],
        workflow.ChangeTypes,
        site.InputSchema(workflow));
}

/// <summary>A node of a workflow.</summary>
internal sealed record WorkflowNodeAnswer(string Name, string? Purpose, int ConcurrencyMax, bool Holds);
