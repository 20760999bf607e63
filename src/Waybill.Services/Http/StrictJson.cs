using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Waybill.Serialization;

namespace Waybill.Services.Http;

/// <summary>
/// Reads JSON that clients send, strictly: unknown, doubled, missing and null members are refused, as are nulls in
/// lists and maps (unless they are declared), comments, trailing commas, numbers in quotes, instants without an
/// offset, text that is not UTF-8, and more than 32 levels. Every refusal is a <see
/// cref="ProblemException"/> of the client's.
/// </summary>
public static class StrictJson
{
    /// <summary>How large a body may be, unless an endpoint says otherwise: 4 MiB.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    /// <summary>
    /// The options by which bodies are read and answers written: camel case, enums as camel-case text, nulls left out.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Reads the body as one JSON value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">How large the body may be.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <typeparam name="T">As what.</typeparam>
    /// <exception cref="ProblemException">It is of another media type, too large, or cannot be read.</exception>
    public static async Task<T> ReadAsync<T>(
        HttpRequest request, int bytesMax = BytesMax, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!IsJson(request.ContentType))
        {
            throw new ProblemException(
                ProblemType.WrongMediaType,
                $"The body must be application/json in UTF-8, it is \"{request.ContentType}\".");
        }

        return Parse<T>((await BodyAsync(request, bytesMax, cancel)).Span);
    }

    /// <summary>As <see cref="ReadAsync{T}"/>, where a request may come without a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">How large the body may be.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <typeparam name="T">As what.</typeparam>
    /// <returns>The value; null when the body is empty.</returns>
    /// <exception cref="ProblemException">It is of another media type, too large, or cannot be read.</exception>
    public static async Task<T?> ReadOptionalAsync<T>(
        HttpRequest request, int bytesMax = BytesMax, CancellationToken cancel = default)
        where T : class =>
        (await BodyAsync(request, bytesMax, cancel)).IsEmpty ? null : await ReadAsync<T>(request, bytesMax, cancel);

    /// <summary>The whole body; read once, the same each time it is asked for within a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">How large the body may be.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ProblemException">It is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> BodyAsync(
        HttpRequest request, int bytesMax = BytesMax, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        BodyRead? read = request.HttpContext.Features.Get<BodyRead>();
        if (read is null)
        {
            read = new BodyRead(await BytesAsync(request, bytesMax, cancel));
            request.HttpContext.Features.Set(read);
        }

        return read.Bytes.Length <= bytesMax ? read.Bytes : throw TooLarge(bytesMax);
    }

    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8Json">The text.</param>
    /// <typeparam name="T">As what.</typeparam>
    /// <exception cref="ProblemException">It cannot be read.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> utf8Json)
    {
        if (utf8Json.IsEmpty)
            throw new ProblemException(ProblemType.InvalidInput, "The body is empty; send JSON.");
        if (!Utf8.IsValid(utf8Json))
            throw new ProblemException(ProblemType.InvalidInput, "The body is not UTF-8 text.");
        try
        {
            T value = JsonSerializer.Deserialize<T>(utf8Json, Options)
                ?? throw new ProblemException(ProblemType.InvalidInput, "The body is null.");
            if (NullItems.AreIn(value))
                throw new ProblemException(ProblemType.InvalidInput, "The list holds null; leave the item out.");
            RequireUnicode(utf8Json);
            return value;
        }
        catch (JsonException error)
        {
            string at = error.Path is null or "$" ? "" : $" at {error.Path}";
            throw new ProblemException(
                ProblemType.InvalidInput, $"The body cannot be read{at}: {InputException.ReasonOf(error)}", error);
        }
    }

    // Typed members are checked as they are read, but JSON that is taken as it stands would fail wherever it is used.
    private static void RequireUnicode(ReadOnlySpan<byte> utf8Json)
    {
        if (utf8Json.IndexOf("\\ud"u8) < 0 && utf8Json.IndexOf("\\uD"u8) < 0)
            return;
        Utf8JsonReader reader = new(utf8Json);
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
        }
        catch (InvalidOperationException error)
        {
            throw new ProblemException(
                ProblemType.InvalidInput, "A text has half of a surrogate pair (\\ud800 to \\udfff).", error);
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && (Same(type.MediaType, "application/json")
            || type.MediaType?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) == true)
        && (type.CharSet is null || Same(type.CharSet.Trim('"'), "utf-8"));

    private static bool Same(string? one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static async Task<byte[]> BytesAsync(HttpRequest request, int bytesMax, CancellationToken cancel)
    {
        if (request.ContentLength > bytesMax)
            throw TooLarge(bytesMax);
        ReadResult read = await ReadAsync(request.BodyReader, bytesMax + 1, cancel);
        ReadOnlySequence<byte> buffer = read.Buffer;
        byte[]? bytes = buffer.Length <= bytesMax ? buffer.ToArray() : null;
        request.BodyReader.AdvanceTo(buffer.End);
        return bytes ?? throw TooLarge(bytesMax);
    }

    private static async Task<ReadResult> ReadAsync(PipeReader body, int bytes, CancellationToken cancel)
    {
        try
        {
            return await body.ReadAtLeastAsync(bytes, cancel);
        }
        catch (Exception error) when (error is IOException and not BadHttpRequestException or OverflowException)
        {
            // The connection broke, or the frame of a chunk makes no sense: both come from the client's side.
            throw new ProblemException(ProblemType.BadRequest, "The body cannot be read to its end.", error);
        }
    }

    private static ProblemException TooLarge(int bytesMax) =>
        new(ProblemType.TooLarge, FormattableString.Invariant($"The body is larger than {bytesMax:N0} bytes."));

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = 32,
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
                new InstantConverter(),
            },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NullItems.RefuseIn } },
        };
        options.MakeReadOnly();
        return options;
    }

    private sealed record BodyRead(ReadOnlyMemory<byte> Bytes);
}
