using System.Linq.Expressions;
using System.Reflection;
using Waybill.Services.Asynchronous;

namespace Waybill.Services.Contracts;

/// <summary>What an asynchronous operation needs besides: its tickets as receipts and back.</summary>
internal interface ITicketCode
{
    TicketReceipt ReceiptOf(object ticket);

    object TicketOf(TicketReceipt receipt);
}

/// <summary>Calls one operation, its result type erased: made once, so that no call needs reflection.</summary>
internal abstract class OperationCode
{
    public static OperationCode Of(OperationContract operation) =>
        operation.ResultType is null ? new PlainCode(operation)
        : operation.TicketType is { } ticketed ? Create(typeof(TicketCode<>), ticketed, operation)
        : Create(typeof(ResultCode<>), operation.ResultType, operation);

    /// <summary>What the client's method returns: a task of the operation's own type.</summary>
    public abstract Task AsTypedAsync(Task<object?> result);

    /// <summary>Runs the implementation's method.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="arguments">Without the cancellation token.</param>
    /// <param name="cancel">Handed on where the method takes one.</param>
    public abstract Task<object?> RunAsync(object implementation, object?[] arguments, CancellationToken cancel);

    private static OperationCode Create(Type code, Type result, OperationContract operation) =>
        (OperationCode)Activator.CreateInstance(code.MakeGenericType(result), operation)!;

    private static Func<object, object?[], CancellationToken, TTask> Compile<TTask>(OperationContract operation)
    {
        ParameterExpression implementation = Expression.Parameter(typeof(object));
        ParameterExpression arguments = Expression.Parameter(typeof(object?[]));
        ParameterExpression cancel = Expression.Parameter(typeof(CancellationToken));
        ParameterInfo[] parameters = operation.Method.GetParameters();
        IEnumerable<Expression> values = parameters.Select((parameter, i) =>
            parameter.ParameterType == typeof(CancellationToken)
                ? (Expression)cancel
                : Expression.Convert(
                    Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType));
        MethodCallExpression call = Expression.Call(
            Expression.Convert(implementation, operation.Service.Type), operation.Method, values);
        return Expression.Lambda<Func<object, object?[], CancellationToken, TTask>>(
            call, implementation, arguments, cancel).Compile();
    }

    private sealed class PlainCode(OperationContract operation) : OperationCode
    {
        private readonly Func<object, object?[], CancellationToken, Task> run = Compile<Task>(operation);

        public override Task AsTypedAsync(Task<object?> result) => result;

        public override async Task<object?> RunAsync(
            object implementation, object?[] arguments, CancellationToken cancel)
        {
            await run(implementation, arguments, cancel);
            return null;
        }
    }

    private class ResultCode<T>(OperationContract operation) : OperationCode
    {
        private readonly Func<object, object?[], CancellationToken, Task<T>> run = Compile<Task<T>>(operation);

        public override Task AsTypedAsync(Task<object?> result) => TypedAsync(result);

        public override async Task<object?> RunAsync(
            object implementation, object?[] arguments, CancellationToken cancel) =>
            await run(implementation, arguments, cancel);

        private static async Task<T> TypedAsync(Task<object?> result) => (T)(await result)!;
    }

    private sealed class TicketCode<TOut>(OperationContract operation)
        : ResultCode<Ticket<TOut>>(operation), ITicketCode
    {
        public TicketReceipt ReceiptOf(object ticket) => TicketReceipt.Of((Ticket<TOut>)ticket);

        public object TicketOf(TicketReceipt receipt) =>
            new Ticket<TOut>(receipt.Id, receipt.Workflow, receipt.BusinessKey, receipt.IsNew);
    }
}
