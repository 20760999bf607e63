using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>Something that is measured on each store.</summary>
internal interface IFigure
{
    /// <summary>Under which letters it is reported.</summary>
    IReadOnlyList<string> Letters { get; }

    /// <summary>Measures it on one store and reports it.</summary>
    Task MeasureAsync(StoreUnderTest store, CancellationToken cancel);
}
