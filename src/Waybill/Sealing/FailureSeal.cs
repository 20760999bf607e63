using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waybill.Sealing;

/// <summary>
/// Encrypts what code says in a failure, which may quote the data: the message and the stack trace are kept together in
/// the place of the stack trace. The type stays, so that failures can still be grouped.
/// </summary>
internal sealed class FailureSeal(Seal? seal)
{
    private const string Place = "failure";

    /// <summary>What stands in place of the message.</summary>
    public const string Message = "(encrypted)";

    /// <summary>The failure as it is stored. Without a key nothing of what was said is kept.</summary>
    public Failure Closed(Failure failure)
    {
        // What is wrong with a key quotes nothing, and must be readable without one.
        if (failure.Type is RouteException.KeyMissing or RouteException.SecretUnreadable)
            return failure;
        byte[] said = Encoding.UTF8.GetBytes(new JsonArray(failure.Message, failure.Stack).ToJsonString());
        string? closed = null;
        try
        {
            closed = seal?.Close(said, Place);
        }
        catch (RouteException)
        {
            // A failure must be kept even so.
        }

        return failure with { Message = Message, Stack = closed };
    }

    /// <summary>The failure as its code said it.</summary>
    /// <exception cref="RouteException">It is encrypted and cannot be decrypted.</exception>
    public Failure Opened(Failure failure)
    {
        if (!IsClosed(failure) || seal is null)
            return failure;
        using JsonDocument said = JsonDocument.Parse(seal.Open(failure.Stack!, Place));
        return failure with { Message = said.RootElement[0].GetString()!, Stack = said.RootElement[1].GetString() };
    }

    public static bool IsClosed(Failure failure) =>
        failure.Stack?.StartsWith(Seal.Prefix, StringComparison.Ordinal) == true;
}
