using System.CommandLine;

RootCommand bookstore = new("An online bookstore's order pipeline with its distribution centres, on Waybill.");

return await bookstore.Parse(args).InvokeAsync();
