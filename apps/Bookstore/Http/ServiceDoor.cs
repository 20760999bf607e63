using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Bookstore.Http;

/// <summary>
/// Who may call services over HTTP: with a key, whoever sends it; without one, programs of this machine. A browser that
/// was led here under another name is turned away.
/// </summary>
internal static class ServiceDoor
{
    /// <exception cref="InvalidDataException">Without a key, an address is one that other machines reach.</exception>
    public static void CheckAddresses(IReadOnlyList<string> urls, string? key)
    {
        string? open = key is null ? urls.FirstOrDefault(url => !IsOfThisMachine(url)) : null;
        if (open is not null)
        {
            throw new InvalidDataException(
                $"{open} can be reached by other machines, and services ask nobody who they are. Set "
                + "BOOKSTORE_SERVICE_KEY to the same secret for all processes, or use an address such as "
                + "http://127.0.0.1:5081.");
        }
    }

    /// <summary>Whether only programs of this machine reach an address that is listened on.</summary>
    public static bool IsOfThisMachine(string url) => IsLoopback(BindingAddress.Parse(url).Host);

    public static async Task EnterAsync(HttpContext http, string? key, RequestDelegate next)
    {
        if (IsWelcome(http.Request, key))
            await next(http);
        else
            await Problems.WriteAsync(http, new ProblemException(NotLetIn, Why(key)));
    }

    private static ProblemType NotLetIn { get; } = new("unauthorized", 401, "The caller is not let in");

    private static string Why(string? key) => key is null
        ? "Services are for programs of this machine. Call them by its loopback address."
        : "Services ask for a key. Send the header Authorization: Bearer KEY.";

    private static bool IsWelcome(HttpRequest request, string? key) => key is null
        ? IsLoopback(request.Host.Host)
        : CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())),
            SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {key}")));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
