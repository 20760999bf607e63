using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
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
    ParseResult words = CommandLine.Create(Console.Out).Parse(args, CommandLine.WordsAsTheyAre);
    // A page of help would push what is wrong off the terminal.
    if (words.Action is ParseErrorAction wrong)
        wrong.ShowHelp = false;
    return await words.InvokeAsync(configuration);
}
catch (NpgsqlException error) when (error is not PostgresException)
{
    await Console.Error.WriteLineAsync(
        $"bookstore: PostgreSQL cannot be reached ({error.Message}). Check the server, the network and --store.");
    return 1;
}
catch (Exception error) when (error is StoreUnavailableException or StoreBrokenException or StoreVersionException
    or DefinitionException or DbException or IOException or InvalidDataException or UnauthorizedAccessException
    or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"bookstore: {error.Message}");
    return 1;
}
