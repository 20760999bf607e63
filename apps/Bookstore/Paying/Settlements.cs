using Bookstore.Contracts;
using Waybill;

namespace Bookstore.Paying;

/// <summary>Captures of one card network that are settled with the processor in one go.</summary>
/// <param name="Network">The card network; null when a clerk released captures of several.</param>
public sealed record Settlement(string? Network);

/// <summary>What the processor said of one capture.</summary>
/// <param name="IsApproved">Whether the money was taken.</param>
/// <param name="Reason">Why not.</param>
public sealed record Settled(bool IsApproved, string? Reason = null);

/// <summary>Sends a batch of captures to the processor; those that it declines leave with their own answer.</summary>
public sealed class SettleBatch(IPayments payments) : INode<Settlement>
{
    public async ValueTask<Route> RunAsync(Element<Settlement> element, CancellationToken cancel)
    {
        List<BatchMember<Payment>> members = [];
        await foreach (BatchMember<Payment> member in element.MembersAsync<Payment>(cancel))
            members.Add(member);

        IReadOnlyList<PaymentVerdict> answers = await payments.SettleAsync(
            element.IdempotencyKey, [.. members.Select(member => CardLine.Of(member.Data))], cancel);
        return members.Zip(answers).Where(pair => !pair.Second.IsApproved).Aggregate(
            Route.Finish(new Settled(true)),
            (route, declined) => route.MemberDone(declined.First.Id, new Settled(false, declined.Second.Reason)));
    }
}
