using Waybill.Testing.Memory;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>
/// Does the same random operations on the store in memory, which is the specification, and on another store: every
/// result and, every few steps, all that can be seen must be the same. A failure prints its seed and the operations.
/// </summary>
public abstract class ModelComparison
{
    /// <summary>Which runs are made. Override it with the seed of a failure to see only that one.</summary>
    protected virtual IEnumerable<int> Seeds => Enumerable.Range(1, 20);

    /// <summary>How many operations a run has.</summary>
    protected virtual int Steps => 200;

    /// <summary>After how many operations all that can be seen is compared.</summary>
    protected virtual int StepsBetweenLooks => 10;

    /// <summary>Makes the store that is compared.</summary>
    protected abstract Task<StoreFixture> CreateAsync();

    [Fact]
    public async Task The_store_does_what_the_model_does_whatever_is_asked_of_it()
    {
        foreach (int seed in Seeds)
        {
            await using StoreFixture specification = new MemoryFixture();
            await using StoreFixture compared = await CreateAsync();
            RandomSession session = new(new ComparedStore(specification), new ComparedStore(compared), seed);
            for (int step = 1; step <= Steps; step++)
            {
                await session.StepAsync();
                if (step % StepsBetweenLooks == 0)
                    await session.CompareAsync();
            }

            await session.CompareAsync();
        }
    }
}
