using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Waybill.Crash.Child;

namespace Waybill.Crash.Tests.Processes;

/// <summary>One worker process, what it said so far, and what the parent does to it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Generous: it only bounds how long a test that fails takes to do so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const int TailLinesMax = 30;
    private const int TailColumnsMax = 400;

    private readonly Process process;
    private readonly Ledger ledger;
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly Task reading;
    private TaskCompletionSource spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, ChildOptions options, Ledger ledger)
    {
        this.process = process;
        this.ledger = ledger;
        Options = options;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public ChildOptions Options { get; }

    public int ProcessId => process.Id;

    /// <summary>How many submissions it acknowledged.</summary>
    public int Acknowledged => Count("ack ");

    /// <summary>How many elements of dead or paused workers it returned to their queues.</summary>
    public int Reclaimed => Said("log 2003 ").Sum(line => NumberIn(line, "Returned "));

    public static ChildProcess Start(ChildOptions options, Ledger ledger)
    {
        string assembly = typeof(ChildOptions).Assembly.Location;
        ProcessStartInfo start = new(DotnetHost(), [assembly, .. options.ToArguments()])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(Process.Start(start)!, options, ledger);
    }

    public int Count(string prefix) => Said(prefix).Count;

    /// <summary>The lines so far that begin so.</summary>
    public IReadOnlyList<string> Said(string prefix)
    {
        lock (gate)
            return [.. lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>Completes when it runs its nodes.</summary>
    public Task ReadyAsync() => SaidAsync("ready");

    /// <summary>Completes when it has said so many lines that begin so.</summary>
    public Task SaidAsync(string prefix, int times = 1) =>
        UntilAsync(() => Count(prefix) >= times, $"{times} × \"{prefix}\"");

    /// <summary>Completes when the condition holds after something that it said.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task next;
            lock (gate)
                next = spoke.Task;
            if (condition())
                return;
            Assert.False(reading.IsCompleted, $"{Options.Name} ended, {what} was expected of it. It said:\n{Tail()}");
            TimeSpan left = Patience - TimeProvider.System.GetElapsedTime(began);
            Assert.True(left > TimeSpan.Zero, $"{what} was expected of {Options.Name}. It said:\n{Tail()}");
            await Task.WhenAny(next, reading, Task.Delay(left, TimeProvider.System));
        }
    }

    /// <summary>Ends it as a power cut would: no handler runs, no buffer is written.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndedAsync();
    }

    /// <summary>
    /// Stops it in its tracks (SIGSTOP): it holds what it holds, and knows nothing of the time that passes.
    /// </summary>
    public void Pause() => PosixSignals.Send(process.Id, PosixSignals.Stop);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Continue() => PosixSignals.Send(process.Id, PosixSignals.Continue);

    /// <summary>Lets it submit no more, and go on until nothing is left in the store.</summary>
    public async Task DrainAsync()
    {
        await SayAsync("drain");
        await SaidAsync("quiet");
    }

    /// <summary>Stops it gracefully.</summary>
    public async Task StopAsync()
    {
        await SayAsync("stop");
        await EndedAsync().WaitAsync(Patience, TimeProvider.System);
        Assert.True(process.ExitCode == 0, $"{Options.Name} ended with {process.ExitCode}. It said:\n{Tail()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await EndedAsync();
        process.Dispose();
    }

    /// <summary>The last lines that it said, acknowledgements left out.</summary>
    public string Tail()
    {
        lock (gate)
        {
            return string.Join('\n', lines
                .Where(line => !line.StartsWith("ack ", StringComparison.Ordinal))
                .TakeLast(TailLinesMax)
                .Select(line => line.Length <= TailColumnsMax ? line : $"{line[..TailColumnsMax]}…"));
        }
    }

    private static int NumberIn(string line, string after)
    {
        int at = line.IndexOf(after, StringComparison.Ordinal) + after.Length;
        return int.Parse(line[at..line.IndexOf(' ', at)], CultureInfo.InvariantCulture);
    }

    // The shared runtime lies in HOST/shared/Microsoft.NETCore.App/VERSION.
    private static string DotnetHost() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private async Task EndedAsync()
    {
        await process.WaitForExitAsync();
        await reading;
    }

    private async Task SayAsync(string command)
    {
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource heard;
            lock (gate)
            {
                lines.Add(line);
                heard = spoke;
                spoke = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            ledger.Note(line);
            heard.SetResult();
        }
    }
}
