using System.Buffers;
using System.Text.Json;
using Waybill.Serialization;

namespace Waybill.Services.Contracts;

/// <summary>Arguments as the body of a call: an object with a member for each parameter.</summary>
internal static class ArgumentsJson
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ContractJson.DepthMax };

    public static ReadOnlyMemory<byte> Write(OperationContract operation, object?[] arguments)
    {
        ArrayBufferWriter<byte> body = new(256);
        using Utf8JsonWriter writer = new(body);
        writer.WriteStartObject();
        foreach ((int i, ParameterContract parameter) in operation.Parameters.Index())
        {
            writer.WritePropertyName(parameter.Name);
            JsonSerializer.Serialize(writer, arguments[i], parameter.Json);
        }

        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <exception cref="JsonException">They are not what the operation takes; the message says why.</exception>
    public static object?[] Read(OperationContract operation, ReadOnlySpan<byte> body)
    {
        object?[] arguments = new object?[operation.Parameters.Count];
        bool[] given = new bool[arguments.Length];
        Utf8JsonReader reader = new(body, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The body is no JSON object with the arguments as members.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            int i = IndexOf(operation, name);
            if (i < 0)
                throw new JsonException($"There is no argument \"{name}\". {Known(operation)}");
            if (given[i])
                throw new JsonException($"Argument \"{name}\" is given twice.");
            given[i] = true;
            reader.Read();
            arguments[i] = ReadOne(operation.Parameters[i], ref reader);
        }

        if (reader.Read())
            throw new JsonException("Something follows the arguments.");
        for (int i = 0; i < given.Length; i++)
        {
            if (!given[i])
                arguments[i] = Omitted(operation.Parameters[i]);
        }

        return arguments;
    }

    private static object? ReadOne(ParameterContract parameter, ref Utf8JsonReader reader)
    {
        try
        {
            object? value = JsonSerializer.Deserialize(ref reader, parameter.Json);
            if (value is null && !parameter.MayBeNull)
                throw new JsonException("it cannot be null.");
            return NullItems.AreIn(value, parameter.Nullability)
                ? throw new JsonException("it holds null; leave the item out.")
                : value;
        }
        catch (JsonException error)
        {
            throw new JsonException(
                $"Argument \"{parameter.Name}\" cannot be read: {InputException.ReasonOf(error)}", error);
        }
    }

    private static object? Omitted(ParameterContract parameter) =>
        parameter.IsOptional
            ? parameter.Default
            : throw new JsonException($"Argument \"{parameter.Name}\" is missing.");

    private static int IndexOf(OperationContract operation, string name)
    {
        for (int i = 0; i < operation.Parameters.Count; i++)
        {
            if (operation.Parameters[i].Name == name)
                return i;
        }

        return -1;
    }

    private static string Known(OperationContract operation) =>
        operation.Parameters.Count == 0
            ? "The operation takes none."
            : $"The operation takes {string.Join(", ", operation.Parameters.Select(p => $"\"{p.Name}\""))}.";
}
