using System.Globalization;

namespace Bookstore.Feeds;

/// <summary>One usable row of an order file.</summary>
public sealed record RetailRow(
    int Line, string Invoice, string Sku, string Description, long Quantity, Money Price,
    string? Customer, string Country)
{
    public bool IsCancellation => Invoice.StartsWith('C');

    public Money Amount => Price * Quantity;
}

/// <summary>
/// An order file as shops export them: a row for each line of an invoice, decimal commas, invoices that begin with C
/// for what was cancelled, stock corrections and notes between the sales.
/// </summary>
public sealed class RetailFile
{
    // Of pounds and of pieces; far more than any shop sells at once, and far from any overflow.
    private const int Most = 1_000_000;

    private static readonly string[] DateForms = ["d/M/yyyy H:mm", "yyyy-M-d H:mm:ss", "yyyy-M-d H:mm"];

    private RetailFile(
        string name, Money total, Money refusedTotal,
        IReadOnlyList<RetailRow> rows, IReadOnlyList<RefusedRow> refused) =>
        (Name, Total, RefusedTotal, Rows, Refused) = (name, total, refusedTotal, rows, refused);

    /// <summary>What it is known by: of a file on disk, its contents' fingerprint.</summary>
    public string Name { get; }

    /// <summary>Quantity times price over all rows in which both can be read, used or refused.</summary>
    public Money Total { get; }

    /// <summary>The part of the total that stands in refused rows.</summary>
    public Money RefusedTotal { get; }

    public IReadOnlyList<RetailRow> Rows { get; }

    public IReadOnlyList<RefusedRow> Refused { get; }

    public static RetailFile Read(string path)
    {
        using StreamReader file = new(path);
        return Read(CsvLines.Fingerprint(path), file);
    }

    public static RetailFile Read(string name, TextReader file)
    {
        List<RetailRow> rows = [];
        List<RefusedRow> refused = [];
        Money total = Money.Zero;
        Money refusedTotal = Money.Zero;
        IEnumerable<FileRow> all = CsvLines.Read(
            file,
            "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country");
        foreach (FileRow row in all)
        {
            (RetailRow? read, string? fault) = Parse(row);
            total += read?.Amount ?? Money.Zero;
            if (read is not null && fault is null)
            {
                rows.Add(read);
                continue;
            }

            refused.Add(new RefusedRow(row.Line, fault!));
            refusedTotal += read?.Amount ?? Money.Zero;
        }

        return new RetailFile(name, total, refusedTotal, rows, refused);
    }

    private static (RetailRow? Row, string? Fault) Parse(FileRow row)
    {
        if (!row.HasAllColumns)
            return (null, "the number of columns is not that of the header");
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (!long.TryParse(row["Quantity"], NumberStyles.AllowLeadingSign, culture, out long quantity))
            return (null, $"\"{row["Quantity"]}\" is not a quantity");
        if (!CsvLines.TryDecimal(row["UnitPrice"], out decimal price))
            return (null, $"\"{row["UnitPrice"]}\" is not a price");
        if (price is < -Most or > Most || quantity is < -Most or > Most || price * 100 != decimal.Truncate(price * 100))
            return (null, $"{quantity} pieces at {row["UnitPrice"]} is not an amount in pence");

        string customer = row["CustomerID"];
        RetailRow read = new(
            row.Line, row["InvoiceNo"].ToUpperInvariant(), row["StockCode"], row["Description"], quantity,
            new Money((long)(price * 100)), customer.Length == 0 ? null : customer, row["Country"]);
        bool hasDate = DateTime.TryParseExact(
            row["InvoiceDate"], DateForms, culture, DateTimeStyles.None, out _);
        return (read, hasDate ? FaultOf(read) : $"\"{row["InvoiceDate"]}\" is not a date");
    }

    private static string? FaultOf(RetailRow row) => row switch
    {
        { Invoice: "" } => "no invoice number",
        { Invoice.Length: > 50 } => "the invoice number is too long",
        { Sku: "" } => "no stock code",
        { Quantity: 0 } => "no pieces",
        { Price.Pence: 0 } => "no price: a note about stock, not a sale",
        { Price.Pence: < 0 } => "a negative price",
        { IsCancellation: true, Quantity: > 0 } => "a cancellation of pieces that are added",
        { IsCancellation: false, Quantity: < 0 } => "a sale of pieces that are taken away",
        _ => null,
    };
}
