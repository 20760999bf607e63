using System.Diagnostics;

namespace Waybill.Bench.Machine;

/// <summary>What a stretch of work took.</summary>
/// <param name="Hops">How many hops it was.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="Own">What the working process used.</param>
/// <param name="Server">What the database server used; nothing where the store is embedded.</param>
internal sealed record Stretch(long Hops, double Seconds, Usage Own, Usage Server)
{
    public double HopsPerSecond => Hops / Seconds;

    public double CpuPerThousandHops => (Own.Cpu + Server.Cpu) * 1000 / Hops;
}

/// <summary>Measures one stretch of work of this process and of the server that it works with.</summary>
internal sealed class UsageMeter
{
    private readonly int? serverProcess;
    private readonly Usage own;
    private readonly Usage server;
    private readonly long hops;
    private readonly long began;

    private UsageMeter(long hops, int? serverProcess)
    {
        this.hops = hops;
        this.serverProcess = serverProcess;
        server = Server();
        own = Usage.OfThisProcess();
        began = Stopwatch.GetTimestamp();
    }

    /// <summary>Begins.</summary>
    /// <param name="hops">How many hops were made before.</param>
    /// <param name="serverProcess">The database server's first process, where there is one.</param>
    public static UsageMeter Start(long hops, int? serverProcess) => new(hops, serverProcess);

    /// <summary>How long it has lasted.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(began);

    /// <summary>Ends.</summary>
    /// <param name="hopsNow">How many hops have been made now.</param>
    public Stretch Stop(long hopsNow)
    {
        double seconds = Elapsed.TotalSeconds;
        return new Stretch(hopsNow - hops, seconds, Usage.OfThisProcess() - own, Server() - server);
    }

    private Usage Server() => serverProcess is { } process ? Usage.OfServer(process) : default;
}
