using System.Diagnostics;
using Waybill.Crash.Tests.Processes;

namespace Waybill.Server.Tests.Work;

/// <summary>One of the samples as a process, what it has said so far, and what a test does to it.</summary>
internal sealed class SampleWorker : IAsyncDisposable
{
    public const int Terminate = 15;

    // Generous: it only bounds how long a test that fails takes to do so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly Task reading;
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private TaskCompletionSource spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleWorker(Process process)
    {
        this.process = process;
        reading = ReadAsync();
    }

    public int ExitCode => process.ExitCode;

    public static SampleWorker Start(string language, SampleSite site, string node, params string[] more)
    {
        (string program, string file) = language == "python"
            ? ("python3", "samples/python/worker.py")
            : ("node", "samples/node/worker.mjs");
        ProcessStartInfo start = new(
            program,
            [
                Path.Combine(Repository.Root, file), "--server", site.Address, "--workflow", "gifts", "--node", node,
                "--name", $"{language} at {node}", .. more,
            ])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["WAYBILL_KEY"] = site.WorkerKey;
        return new SampleWorker(Process.Start(start)!);
    }

    public int Count(string prefix)
    {
        lock (gate)
            return lines.Count(line => line.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Completes when it has said so many lines that begin so.</summary>
    public async Task SaidAsync(string prefix, int times = 1)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task next;
            lock (gate)
                next = spoke.Task;
            if (Count(prefix) >= times)
                return;
            TimeSpan left = Patience - TimeProvider.System.GetElapsedTime(began);
            Assert.True(left > TimeSpan.Zero && !reading.IsCompleted, $"{times} × \"{prefix}\" expected. {Said()}");
            await Task.WhenAny(next, reading, Task.Delay(left, TimeProvider.System));
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndedAsync();
    }

    /// <summary>Stops it in its tracks.</summary>
    public void Pause() => PosixSignals.Send(process.Id, PosixSignals.Stop);

    /// <summary>Lets it go on.</summary>
    public void Continue() => PosixSignals.Send(process.Id, PosixSignals.Continue);

    /// <summary>Asks it to stop, and waits until it has finished what it has begun.</summary>
    public async Task StopAsync()
    {
        PosixSignals.Send(process.Id, Terminate);
        await EndedAsync().WaitAsync(Patience, TimeProvider.System);
        Assert.True(ExitCode == 0 && Count("stopped") == 1, $"It ended with {ExitCode}. {Said()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await EndedAsync();
        process.Dispose();
    }

    private string Said()
    {
        lock (gate)
            return $"It said:\n{string.Join('\n', lines.TakeLast(30))}";
    }

    private async Task EndedAsync()
    {
        await process.WaitForExitAsync();
        await reading;
    }

    private async Task ReadAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            TaskCompletionSource heard;
            lock (gate)
            {
                lines.Add(line);
                heard = spoke;
                spoke = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            heard.SetResult();
        }
    }
}
