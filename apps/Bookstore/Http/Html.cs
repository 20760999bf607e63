using System.Globalization;
using System.Net;
using System.Text;

namespace Bookstore.Http;

/// <summary>HTML that is being written: whatever is put into its markup is text, and encoded as such.</summary>
internal sealed class Html
{
    private readonly StringBuilder written = new(16 * 1024);

    public Html Add(FormattableString markup)
    {
        object[] texts = [.. markup.GetArguments().Select(Encoded)];
        written.AppendFormat(CultureInfo.InvariantCulture, markup.Format, texts);
        return this;
    }

    public Html AddLine(FormattableString markup)
    {
        Add(markup);
        written.Append('\n');
        return this;
    }

    public override string ToString() => written.ToString();

    private static string Encoded(object? text) =>
        WebUtility.HtmlEncode(Convert.ToString(text, CultureInfo.InvariantCulture)) ?? "";
}
