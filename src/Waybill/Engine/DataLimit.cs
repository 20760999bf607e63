namespace Waybill.Engine;

/// <summary>Refuses data that is too large to travel.</summary>
internal static class DataLimit
{
    public static byte[] Checked(byte[] data, SiteOptions options, string what) =>
        data.Length <= options.DataMaxBytes
            ? data
            : throw new RouteException(
                "waybill.data-too-large",
                $"The data of {what} is {data.Length:N0} bytes, the limit is {options.DataMaxBytes:N0}. Keep "
                + $"large parts elsewhere and carry a reference, or raise {nameof(SiteOptions.DataMaxBytes)}.");
}
