using System.Runtime.CompilerServices;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Reads the members of batches, a page at a time, for the code of batch elements.</summary>
internal sealed class BatchMembers(ISiteStore store, CodecSet codecs)
{
    private const int PageSize = 100;

    public CodecSet Codecs => codecs;

    public async IAsyncEnumerable<BatchMember<TMember>> ReadAsync<TMember>(
        ElementId batch, [EnumeratorCancellation] CancellationToken cancel)
    {
        JsonCodec<TMember> codec = codecs.For<TMember>();
        long? after = null;
        do
        {
            Page<BatchMember> page = await store.Held.MembersAsync(batch, new PageRequest(PageSize, after), cancel);
            foreach (BatchMember member in page.Items)
            {
                yield return new BatchMember<TMember>(
                    member.Id, member.BusinessKey, codec.Read(member.Data.Span, out _));
            }

            after = page.Next;
        }
        while (after is not null);
    }
}
