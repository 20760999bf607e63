namespace Bookstore.Domains;

/// <summary>Article numbers as parameters of an SQL list, which both stores understand.</summary>
internal static class SkuList
{
    public static (string Sql, (string Name, object Value)[] Parameters) Of(IEnumerable<string> skus)
    {
        (string Name, object Value)[] parameters = [.. skus.Distinct().Select((sku, i) => ($"sku{i}", (object)sku))];
        return (string.Join(", ", parameters.Select(parameter => $"@{parameter.Name}")), parameters);
    }
}
