using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Nic.Devices;

/// <summary>The kinds of devices there are, in the order they are asked.</summary>
public static class Backends
{
    /// <summary>All of them. All code that lists, opens or explains sources reads this list.</summary>
    public static IReadOnlyList<IBackend> All { get; } = [new SimulatedBackend(), new CaptureFileBackend(), new AfPacketBackend()];

    /// <summary>Opens the source that the options name, with the timing they ask for.</summary>
    /// <param name="source">What to open, and how.</param>
    /// <returns>The device, which the caller owns. Reading standard input, this waits for the capture's beginning.</returns>
    /// <exception cref="ArgumentException">The options name no source.</exception>
    /// <exception cref="IOException">It cannot be read. A <see cref="CaptureFormatException"/> if it is not a capture.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open it.</exception>
    public static INic Open(SourceOptions source)
    {
        var backend = For(source)
            ?? throw new ArgumentException(
                "no source of packets: expected source { file = ... } or source { sim { ... } } in a configuration, or a source in code",
                nameof(source));
        var nic = backend.Open(source);
        return source.ReplaySpeed is { } speed && backend.Traits.HasProgress ? new TimedReplayNic(nic, speed, TimeProvider.System) : nic;
    }

    /// <summary>The traits of the source that the options name; null where they name none.</summary>
    public static SourceTraits? TraitsOf(SourceOptions source) => For(source)?.Traits;

    private static IBackend? For(SourceOptions source) => All.FirstOrDefault(b => b.Opens(source));
}
