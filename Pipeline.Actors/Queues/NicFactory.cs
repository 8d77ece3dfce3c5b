using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Actors.Queues;

/// <summary>Opens the source that a configuration names.</summary>
public static class NicFactory
{
    /// <param name="source">What to open, and how.</param>
    /// <returns>The device, which the caller owns. Reading standard input, this waits for the capture's beginning.</returns>
    /// <exception cref="ArgumentException">The options name no source.</exception>
    /// <exception cref="IOException">It cannot be read; <see cref="CaptureFormatException"/> for what is no capture.</exception>
    public static INic Open(SourceOptions source)
    {
        if (source.Sim is { } sim) return SimulatedNic.Open(sim);
        if (source.File is null) throw new ArgumentException("no source of packets: expected source { file = ... } or source { sim { ... } } in a configuration, or a source in code", nameof(source));
        var nic = CaptureFileNic.Open(source.File, source.Pool.PageBytes, source.Pool.Pages);
        return source.ReplaySpeed is { } speed ? new TimedReplayNic(nic, speed, TimeProvider.System) : nic;
    }
}
