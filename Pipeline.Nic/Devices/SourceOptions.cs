using System.Text;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>Where packets come from.</summary>
public sealed record SourceOptions
{
    /// <summary>The most queues of an interface that are opened, whatever reads it.</summary>
    public const int MostQueues = NetDevice.MostQueues;

    /// <summary>A capture file, or <c>-</c> for standard input.</summary>
    public string? File { get; init; }

    /// <summary>Captures that are read after <see cref="File"/>, one after the other. Their packets are not sorted by time.</summary>
    public IReadOnlyList<string> LaterFiles { get; init; } = [];

    /// <summary>An interface of this machine, by its name.</summary>
    public string? Interface { get; init; }

    /// <summary>
    /// The name of the backend that reads the interface (<see cref="IBackend.Name"/>). With null the routes decide: one that takes packets
    /// from the kernel where a route leads to a bypass consumer, else one that copies them.
    /// </summary>
    public string? Backend { get; init; }

    /// <summary>Queues of the interface to open; null for as many as there are.</summary>
    public int? Queues { get; init; }

    /// <summary>Which of the interface's packets are given out. A backend that takes packets gives out those that come in.</summary>
    public PacketDirection Direction { get; init; }

    /// <summary>Whether packets for other hosts are given out too, where the wire brings them.</summary>
    public bool IsPromiscuous { get; init; } = true;

    /// <summary>
    /// Where the interface runs the program of a backend that takes packets; null for native mode where the driver has it, else generic.
    /// </summary>
    public XdpMode? Mode { get; init; }

    /// <summary>A simulated NIC.</summary>
    public SimulatedOptions? Sim { get; init; }

    /// <summary>Whether the device runs rules itself: as many as it can, from the first on.</summary>
    public bool Offload { get; init; }

    /// <summary>The memory of each queue.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>1 replays with the original timing, N replays N times as fast, null replays as fast as possible.</summary>
    public double? ReplaySpeed { get; init; }

    /// <summary>
    /// The problems with what is said of an interface; none where it can be tried. The pool and the simulator check themselves.
    /// </summary>
    public IEnumerable<OptionProblem> Check()
    {
        if (Interface is null)
        {
            foreach (var key in KeysOfInterfaces())
                yield return new(key, $"`{key}` says how an interface is read; expected `interface` beside it");
            yield break;
        }

        if (Interface.Length == 0 || Encoding.UTF8.GetByteCount(Interface) > NetDevice.LongestName)
        {
            var expected = $"expected 1 to {NetDevice.LongestName} bytes";
            yield return new("interface", $"'{Quoted.Short(Interface)}' is no name of an interface; {expected}");
        }

        foreach (var problem in OptionProblem.Unless(Queues ?? 1, 1, MostQueues, "queues", "queues")) yield return problem;
        if (Mode is not null && Backends.Takes(Backend) == false)
        {
            var expected = "expected no mode, or another backend";
            yield return new("mode", $"{Backend} attaches no program that would have a mode; {expected}");
        }

        if (Direction != PacketDirection.In && Backend == Backends.NameOfOtherEnd)
            yield return new("direction", $"{Backend} gets what is sent to the interface, and nothing else; expected `in`");

        if (Direction != PacketDirection.In && Backends.Takes(Backend) == true)
            yield return new("direction", $"{Backend} takes packets that come in; expected `in`, or a backend that copies");
    }

    private IEnumerable<string> KeysOfInterfaces()
    {
        if (Backend is not null) yield return "backend";
        if (Queues is not null) yield return "queues";
        if (!IsPromiscuous) yield return "promiscuous";
        if (Direction != PacketDirection.In) yield return "direction";
        if (Mode is not null) yield return "mode";
    }
}
