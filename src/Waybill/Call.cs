namespace Waybill;

/// <summary>One workflow with what goes in, for <see cref="Route.Call"/> and <see cref="Route.Fork"/>.</summary>
public abstract record Call
{
    private protected Call(Workflow workflow, object input, string? businessKey) =>
        (Workflow, Input, BusinessKey) = (workflow, input, businessKey);

    internal Workflow Workflow { get; }

    internal object Input { get; }

    internal string? BusinessKey { get; }
}

/// <summary>One workflow with what goes in; its result will be a <typeparamref name="TOut"/>.</summary>
/// <typeparam name="TOut">What comes back.</typeparam>
public sealed record Call<TOut> : Call
{
    internal Call(Workflow workflow, object input, string? businessKey)
        : base(workflow, input, businessKey)
    {
    }
}
