using System.CommandLine;
using Bookstore.Commands;

RootCommand bookstore = CommandLine.Create(Console.Out);

// Ctrl+C drains: the host sees to it, and takes the time that it needs.
return await bookstore.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
