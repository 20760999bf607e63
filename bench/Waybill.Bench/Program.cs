using Waybill.Bench;

return await CommandLine.Create().Parse(args).InvokeAsync();
