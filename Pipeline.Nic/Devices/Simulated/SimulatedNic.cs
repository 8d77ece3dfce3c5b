using System.Numerics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Marking;
using Pipeline.Nic.Devices.Simulated.Traffic;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// A NIC that is not there: queues, rings, RSS, filters that write marks, virtual functions, and faults on order. It needs no rights, and
/// on its virtual clock every run with one seed is the same.
/// </summary>
/// <remarks>
/// <code>
///   seed, number ──> WireTraffic ──RSS──> SimulatedQueue: RingModel (faults, losses) ──> pages ──> bundle
///                                      │          └── SimulatedMarking writes marks
///                                      └── QueuePasses: what the device passes to the normal stack by itself
/// </code>
/// Nothing depends on when, how often or on which thread a queue is asked: see docs/decisions/0010-the-simulated-wire.md.
/// </remarks>
public sealed class SimulatedNic : INic
{
    private const int SmallestPage = 2048;

    private readonly SimulatedQueue[] _queues;
    private readonly Shared _shared;

    private SimulatedNic(SimulatedOptions options, Shared shared, TimeProvider time)
    {
        _shared = shared;
        _queues = new SimulatedQueue[options.AllQueues];
        try
        {
            for (var i = 0; i < _queues.Length; i++) _queues[i] = new SimulatedQueue(i, NameOf(options, i), options, shared, time);
        }
        catch
        {
            Dispose();
            throw;
        }

        Traits = new SourceTraits { MayWait = !options.FreeRunning };
    }

    /// <summary>What all queues look at, and none changes.</summary>
    internal sealed record Shared(WireTraffic Traffic, SimulatedClock Clock, SimulatedMarking Marking, long Packets, int PageBytes);

    /// <summary><c>sim</c>, whatever is on the wire.</summary>
    public string Name => "sim";

    /// <summary>
    /// The device's own queues, then those of each virtual function. They share nothing that changes: each may have a thread of its own.
    /// </summary>
    public IReadOnlyList<INicQueue> Queues => _queues;

    /// <summary>The device's own, then one for each virtual function; of a capture on the wire, the capture's.</summary>
    public IReadOnlyList<NicInterface> Interfaces => _shared.Traffic.Interfaces;

    /// <summary>Live, but for the wire on the virtual clock, which stands still while nobody takes anything.</summary>
    public SourceTraits Traits { get; }

    /// <summary>The device's filters. They hold as many rules as the options give room for.</summary>
    public IRuleOffload Offload => _shared.Marking;

    /// <summary>Bytes of the packets given out, or passed.</summary>
    public long BytesRead => _queues.Sum(q => q.BytesGiven);

    /// <summary>Null: what is to come is counted in packets.</summary>
    public long? BytesTotal => null;

    /// <summary>Makes the device and puts its pages up. Reads the whole capture first, where one is to be on the wire.</summary>
    /// <param name="time">The real clock, where that is asked for.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    /// <exception cref="CaptureFormatException">What is to be on the wire is not a capture.</exception>
    /// <exception cref="IOException">The capture cannot be read, has no packets, or is too large.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SimulatedNic Open(SimulatedOptions options, TimeProvider? time = null)
    {
        Check(options);
        time ??= TimeProvider.System;
        var traffic = options.Capture is null
            ? SeededTrafficBuilder.Build(options, MakeInterfaces(options))
            : new CaptureTrafficReader(options).Read();
        var longest = traffic.Templates.Max(t => t.Length);
        var pageBytes = Math.Max(SmallestPage, (int)BitOperations.RoundUpToPowerOf2((uint)longest));
        if ((long)pageBytes * options.Pages > uint.MaxValue)
            throw new ArgumentException(
                $"{options.Pages} pages of {pageBytes} bytes, which the longest packet needs, exceed 4 GiB; expected fewer pages");

        var packets = Math.Min(options.Packets ?? long.MaxValue, traffic.Packets ?? long.MaxValue);
        if (options is { MostReceived: { } most, FreeRunning: false }) packets = WireLength.Until(most, packets, traffic, options);
        var shared = new Shared(traffic, new SimulatedClock(options, time), new SimulatedMarking(traffic, options), packets, pageBytes);
        return new SimulatedNic(options, shared, time);
    }

    /// <summary>Disposes all queues. What was received stays valid until its bundles are disposed.</summary>
    public void Dispose()
    {
        foreach (var queue in _queues) queue?.Dispose();
    }

    private static string NameOf(SimulatedOptions options, int index)
    {
        if (index < options.Queues) return $"sim:{index}";
        var (vf, queue) = Math.DivRem(index - options.Queues, options.VfQueues);
        return $"sim:vf{vf}:{queue}";
    }

    private static List<NicInterface> MakeInterfaces(SimulatedOptions options) =>
        [.. Enumerable.Range(0, options.Vfs + 1).Select(i => new NicInterface(i, i == 0 ? "sim" : $"sim:vf{i - 1}", LinkType.Ethernet, 0))];

    private static void Check(SimulatedOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queues, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ring, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Flows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pages, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Vfs);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VfQueues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.AllQueues, SimulatedOptions.MostQueues);
        foreach (var fault in options.Faults)
        {
            if (fault.Queue >= options.AllQueues)
                throw new ArgumentException($"fault `{fault}`: there is no queue {fault.Queue}; expected 0 to {options.AllQueues - 1}");
        }
    }
}
