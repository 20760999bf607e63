using Waybill.Definition;

namespace Waybill;

/// <summary>
/// Declares a step: what goes into the placed workflow, what becomes of its result, exits and limits.
/// </summary>
/// <typeparam name="TData">The step's data.</typeparam>
/// <typeparam name="TStepIn">What goes into the placed workflow.</typeparam>
/// <typeparam name="TStepOut">What comes out of it.</typeparam>
public sealed class StepSetup<TData, TStepIn, TStepOut> : NodeRules<StepSetup<TData, TStepIn, TStepOut>, TData>
{
    private readonly Node<TData, TStepOut> node;
    private readonly Workflow<TStepIn, TStepOut> workflow;
    private Func<TData, TStepIn>? sends;

    internal StepSetup(Node<TData, TStepOut> node, Workflow<TStepIn, TStepOut> workflow)
        : base(node)
    {
        this.node = node;
        this.workflow = workflow;
        Calls(workflow, node);
    }

    /// <summary>Makes what goes in from the element's data.</summary>
    /// <param name="input">The function.</param>
    public StepSetup<TData, TStepIn, TStepOut> Sends(Func<TData, TStepIn> input)
    {
        sends = input;
        return this;
    }

    /// <summary>Says where the element goes with what came out. Say what <see cref="Sends"/> first.</summary>
    /// <param name="receive">The function; the reply may also be of one that failed or was cancelled.</param>
    public StepSetup<TData, TStepIn, TStepOut> Receives(Func<Element<TData>, Reply<TStepOut>, Route> receive)
    {
        Func<TData, TStepIn> input = sends
            ?? throw new InvalidOperationException($"Step \"{node}\" must say what it Sends before what it Receives.");
        return Set(Draft with
        {
            BuildCode = services => new ReplyCode<TData, TStepOut>(
                services.Codec<TData>(), services.Codec<TStepOut>(), (element, replies, _) => ValueTask.FromResult(
                    replies.Count == 0
                        ? Route.Call(workflow.Call(input(element.Data)), node, element.Data)
                        : receive(element, replies.Single))),
        });
    }
}
