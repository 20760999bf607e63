using System.CommandLine;
using System.Data.Common;
using Bookstore.Commands;
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
    return await CommandLine.Create(Console.Out).Parse(args, CommandLine.WordsAsTheyAre).InvokeAsync(configuration);
}
catch (Exception error) when (error is StoreUnavailableException or StoreBrokenException or StoreVersionException
    or DefinitionException or DbException or IOException or InvalidDataException or UnauthorizedAccessException
    or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"bookstore: {error.Message}");
    return 1;
}
