using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bookstore.Http;

/// <summary>A page of the shop as HTML: no script, nothing from elsewhere, and a policy that allows neither.</summary>
internal static class HtmlPage
{
    private const string Style =
        """
        *{box-sizing:border-box}
        body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1f1d1a;background:#fdfbf7}
        header,main,footer{max-width:66rem;margin:0 auto;padding:0 1rem}
        header{padding-top:1rem;padding-bottom:1rem}
        h1,h2,.brand,.cover{font-family:Georgia,serif;line-height:1.2}
        h1{font-size:2rem;margin:0 0 .5rem}
        h2{font-size:1.4rem;margin:2.5rem 0 .75rem}
        p{margin:.25rem 0}
        a{color:#0b4f8a}a:focus-visible{outline:3px solid #b4530a;outline-offset:2px}
        .brand{font-size:1.2rem;font-weight:bold;color:inherit;text-decoration:none}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:#fff;padding:.5rem}
        .book{display:flex;gap:2rem;padding-top:1rem;border-top:1px solid #d9d2c5}
        .cover{flex:none;width:11rem;height:16rem;padding:1.25rem 1rem;border-radius:3px 8px 8px 3px;color:#fff;
          border-left:.5rem solid rgb(0 0 0/.25);display:flex;flex-direction:column;justify-content:space-between;
          overflow:hidden;overflow-wrap:anywhere;box-shadow:0 2px 8px rgb(0 0 0/.25)}
        .c0{background:#5b2333}.c1{background:#1f4e5f}.c2{background:#3b5323}
        .c3{background:#5a3e7a}.c4{background:#74450f}.c5{background:#24406e}
        .title{font-size:1.1rem;font-weight:bold}.author{font-size:.9rem}
        .price{font-size:1.6rem;font-weight:bold;margin:.75rem 0 .25rem}
        .stars{color:#8a4b00;letter-spacing:.1em}
        .small{color:#57524b;font-size:.9rem}
        .missing{color:#5c3d00;background:#fff2d6;border-left:4px solid #b4730a;padding:.5rem .75rem;margin:.75rem 0}
        table{border-collapse:collapse;width:100%;max-width:46rem}
        caption{text-align:left;color:#57524b;padding-bottom:.5rem}
        td,th{padding:.5rem .75rem .5rem 0;text-align:left;border-bottom:1px solid #e4ddd0}
        .cards{list-style:none;margin:0;padding:0;display:grid;gap:1rem;
          grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
        .cards li{position:relative;background:#fff;border:1px solid #d9d2c5;border-radius:6px;padding:.75rem;
          overflow-wrap:anywhere}
        .cards a{font-weight:600}.cards a::after{content:"";position:absolute;inset:0}
        .cards span{display:block;font-size:.9rem}
        footer{margin-top:3rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid #d9d2c5}
        @media(max-width:34rem){
          h1{font-size:1.6rem}.book{gap:1rem}.cover{width:7.5rem;height:11rem;padding:.75rem .6rem}
          .title{font-size:.9rem}.author{font-size:.75rem}td,th{padding-right:.4rem;font-size:.9rem}
          .cards{gap:.6rem;grid-template-columns:1fr 1fr}.cards li{padding:.6rem}}
        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{StyleHash}'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A page's answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="title">What the browser calls it.</param>
    /// <param name="main">The inside of its main landmark.</param>
    /// <param name="footer">What stands at its foot.</param>
    /// <param name="status">The HTTP status.</param>
    public static IResult Answer(
        HttpContext http, string title, Html main, string footer, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        Html head = new();
        head.AddLine($"<!doctype html>").AddLine($"<html lang=\"en\">").AddLine($"<head>")
            .AddLine($"<meta charset=\"utf-8\">")
            .AddLine($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .AddLine($"<title>{title} - The Bookstore</title>").AddLine($"<link rel=\"icon\" href=\"data:,\">");
        Html top = new();
        top.AddLine($"</head>").AddLine($"<body>")
            .AddLine($"<a class=\"skip\" href=\"#main\">Skip to the contents</a>")
            .AddLine($"<header><a class=\"brand\" href=\"/shop/books.html\">The Bookstore</a></header>")
            .AddLine($"<main id=\"main\">");
        Html foot = new();
        foot.AddLine($"</main>").AddLine($"<footer class=\"small\">{footer}</footer>").AddLine($"</body>")
            .AddLine($"</html>");
        return TypedResults.Content(
            $"{head}<style>{Style}</style>\n{top}{main}{foot}", "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>The address of an article's page.</summary>
    public static string LinkTo(string sku) => $"/shop/books/{Uri.EscapeDataString(sku)}.html";
}
