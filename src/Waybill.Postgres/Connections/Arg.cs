using Npgsql;
using NpgsqlTypes;

namespace Waybill.Postgres.Connections;

/// <summary>
/// Positional parameters with their types stated, so that a statement is prepared once and never guesses.
/// </summary>
internal static class Arg
{
    public static NpgsqlParameter Long(long value) => Of(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Int(int value) => Of(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Short(short value) => Of(value, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Decimal(decimal value) => Of(value, NpgsqlDbType.Numeric);

    public static NpgsqlParameter Text(string value) => Of(value, NpgsqlDbType.Text);

    public static NpgsqlParameter Uuid(Guid value) => Of(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Instant(DateTimeOffset value) => Instant(value.UtcDateTime);

    public static NpgsqlParameter Instant(DateTime value) => Of(value, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter OptionalInstant(DateTime? value) =>
        new() { Value = value is { } given ? given : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter OptionalText(string? value) =>
        new() { Value = value is { } given ? given : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Boolean(bool value) => Of(value, NpgsqlDbType.Boolean);

    public static NpgsqlParameter ByteArray(byte[] value) => Of(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Position(ulong value) => Of(value, NpgsqlDbType.Xid8);

    public static NpgsqlParameter Longs(List<long> values) => Array(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Longs(List<long?> values) => Array(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Ints(List<int> values) => Array(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Ints(List<int?> values) => Array(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Shorts(List<short> values) => Array(values, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Booleans(List<bool> values) => Array(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Texts(List<string> values) => Array(values, NpgsqlDbType.Text);

    public static NpgsqlParameter OptionalTexts(List<string?> values) => Array(values, NpgsqlDbType.Text);

    public static NpgsqlParameter Uuids(List<Guid> values) => Array(values, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Uuids(List<Guid?> values) => Array(values, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Instants(List<DateTime?> values) => Array(values, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Bytes(List<ReadOnlyMemory<byte>> values) => Array(values, NpgsqlDbType.Bytea);

    private static NpgsqlParameter<T> Of<T>(T value, NpgsqlDbType type) =>
        new() { TypedValue = value, NpgsqlDbType = type };

    private static NpgsqlParameter<List<T>> Array<T>(List<T> values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
