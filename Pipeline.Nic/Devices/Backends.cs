using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Devices.Tap;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Devices;

/// <summary>The kinds of devices there are, in the order they are asked.</summary>
public static class Backends
{
    /// <summary>All of them. All code that lists, opens or explains sources reads this list.</summary>
    public static IReadOnlyList<IBackend> All { get; } =
        [new SimulatedBackend(), new CaptureFileBackend(), new AfXdpBackend(), new AfPacketBackend(), new TapBackend()];

    /// <summary>The names of the backends for interfaces.</summary>
    public static IReadOnlyList<string> InterfaceNames { get; } = [.. All.Where(b => b.Traits.IsLive).Select(b => b.Name)];

    /// <summary>The name that takes packets from the kernel, where a configuration asks for that without naming a backend.</summary>
    public static string NameThatTakes => "afxdp";

    /// <summary>The name that copies packets.</summary>
    public static string NameThatCopies => "afpacket";

    /// <summary>The name that reads the other end of an interface.</summary>
    public static string NameOfOtherEnd => TapBackend.BackendName;

    /// <summary>Opens the source that the options name, with the timing they ask for.</summary>
    /// <param name="source">What to open, and how.</param>
    /// <returns>The device, which the caller owns. Reading standard input, this waits for the capture's beginning.</returns>
    /// <exception cref="ArgumentException">The options name no source.</exception>
    /// <exception cref="UnavailableException">There is no such backend, or it cannot do here what the options ask for.</exception>
    /// <exception cref="IOException">It cannot be read. A <see cref="CaptureFormatException"/> if it is not a capture.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open it.</exception>
    public static INic Open(SourceOptions source)
    {
        if (RefusalOf(source) is { } refusal) throw new UnavailableException(refusal);
        var backend = For(source)
            ?? throw new ArgumentException(
                "no source of packets: expected source { file = ... }, source { interface = ... } or source { sim { ... } } in "
                + "a configuration, or a source in code",
                nameof(source));
        var nic = backend.Open(source);
        return source.ReplaySpeed is { } speed && backend.Traits.HasProgress ? new TimedReplayNic(nic, speed, TimeProvider.System) : nic;
    }

    /// <summary>The traits of the source that the options name; null where they name none that is here.</summary>
    public static SourceTraits? TraitsOf(SourceOptions source) => For(source)?.Traits;

    /// <summary>Whether a backend takes packets, so that the normal stack does not get them; null for what is no backend's name.</summary>
    public static bool? Takes(string? backend) => All.FirstOrDefault(b => b.Name == backend)?.Traits.TakesFromStack;

    /// <summary>Whether the backend that the options name makes an interface where there is none of that name.</summary>
    public static bool Makes(SourceOptions source) => For(source)?.Makes == true;

    /// <summary>What the source will be, in words that say what happens to the packets; null for one that is no interface.</summary>
    public static string? InWords(SourceOptions source) => source.Interface is null ? null : For(source)?.InWords(source);

    /// <summary>Why the name that the options have is no backend's, in words; null where it is one, or none is named.</summary>
    public static string? RefusalOf(SourceOptions source)
    {
        if (source.Interface is not { } name || source.Backend is not { } backend || For(source) is not null) return null;
        return $"{name}: {Quoted.Short(backend)} is no backend; there is {string.Join(", ", InterfaceNames)}"
            + $" (-i {name}:{NameThatCopies} copies the packets, and the kernel keeps them)";
    }

    private static IBackend? For(SourceOptions source) => All.FirstOrDefault(b => b.Opens(source));
}
