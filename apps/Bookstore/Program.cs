using System.CommandLine;
using Bookstore.Commands;
using Npgsql;
using Waybill;
using Waybill.Stores;

// Ctrl+C drains: the host sees to it, and takes the time that it needs.
InvocationConfiguration configuration = new()
{
    ProcessTerminationTimeout = null,
    EnableDefaultExceptionHandler = false,
};
try
{
    return await CommandLine.Create(Console.Out).Parse(args).InvokeAsync(configuration);
}
catch (Exception error) when (error is StoreUnavailableException or StoreBrokenException or StoreVersionException
    or DefinitionException or NpgsqlException or IOException or InvalidDataException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"bookstore: {error.Message}");
    return 1;
}
