using System.Collections.Concurrent;
using System.Reflection;
using Waybill.Services.Contracts;

namespace Waybill.Services.Asynchronous;

/// <summary>The workflows whose tickets an implementation hands out, and so lets its callers follow.</summary>
internal sealed class TicketScope
{
    private static readonly ConcurrentDictionary<Type, TicketScope> Read = new();

    private readonly Type implementation;
    private readonly IReadOnlyList<string> workflows;

    private TicketScope(Type implementation)
    {
        this.implementation = implementation;
        workflows = implementation.GetCustomAttribute<StartsAttribute>()?.Workflows ?? [];
    }

    public static TicketScope Of(Type implementation) => Read.GetOrAdd(implementation, type => new TicketScope(type));

    public bool Covers(string workflow) => workflows.Contains(workflow, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">
    /// The contract has an asynchronous operation, and the implementation names no workflow.
    /// </exception>
    public void Check(ServiceContract contract)
    {
        if (workflows.Count == 0 && contract.Operations.FirstOrDefault(o => o.TicketType is not null) is { } operation)
            throw Missing(operation, "[Starts(\"the workflow\")]");
    }

    /// <summary>The receipt of what an operation answered with.</summary>
    /// <exception cref="InvalidOperationException">Nobody could follow the ticket.</exception>
    public TicketReceipt Checked(OperationContract operation, TicketReceipt receipt) => Covers(receipt.Workflow)
        ? receipt
        : throw Missing(operation, $"[Starts(\"{receipt.Workflow}\")]");

    private InvalidOperationException Missing(OperationContract operation, string attribute) => new(
        $"{operation} is answered with tickets that nobody could follow. Say which workflow they are of: put "
        + $"{attribute} on {implementation.Name}.");
}
