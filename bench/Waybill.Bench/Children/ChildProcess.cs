using System.Diagnostics;
using System.Text.Json;

namespace Waybill.Bench.Children;

/// <summary>
/// This program once more, in a process of its own: each measurement begins with a fresh runtime, its memory and CPU
/// time are its own, and it can be killed. It ends with its parent.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>The sub-command that is not for people.</summary>
    public const string Command = "child";

    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public static ChildProcess Start(ChildTask task)
    {
        string program = Environment.ProcessPath!;
        bool needsLibrary = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] library = needsLibrary ? [typeof(ChildProcess).Assembly.Location] : [];
        ProcessStartInfo start = new(program, [.. library, Command, JsonSerializer.Serialize(task)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // A process that serves and runs no nodes has .NET's own collector; see docs/http-api.md.
        if (task.Work == ChildWork.HttpServer)
            start.Environment["DOTNET_gcConcurrent"] = "1";
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Runs a child to its end and returns what it says.</summary>
    public static async Task<T> RunAsync<T>(ChildTask task, CancellationToken cancel)
    {
        await using ChildProcess child = Start(task);
        T said = await child.HearAsync<T>(cancel);
        await child.process.WaitForExitAsync(cancel);
        return said;
    }

    /// <summary>Waits for the next thing that it says.</summary>
    public async Task<T> HearAsync<T>(CancellationToken cancel)
    {
        string? line = await process.StandardOutput.ReadLineAsync(cancel);
        if (line is null)
        {
            await process.WaitForExitAsync(cancel);
            throw new InvalidOperationException(
                $"A measuring process ended with code {process.ExitCode} before it was done; its error stands above.");
        }

        return JsonSerializer.Deserialize<T>(line)!;
    }

    /// <summary>Kills it, as <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }
}
