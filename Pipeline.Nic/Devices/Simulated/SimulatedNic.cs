using System.Numerics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Marking;
using Pipeline.Nic.Devices.Simulated.Traffic;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// A simulated NIC: queues, rings, RSS, filters that write marks, virtual functions, and ordered faults. It needs no privileges, and on its
/// virtual clock every run with one seed is the same.
/// </summary>
/// <remarks>
/// <code>
///   seed, number ──> WireTraffic ──RSS──> SimulatedQueue: RingModel (faults, losses) ──> pages ──> bundle
///                                      │          └── SimulatedMarking writes marks
///                                      └── QueuePasses: what the device passes to the normal stack by itself
/// </code>
/// The results do not depend on when, how often or on which thread a queue is asked: see docs/decisions/0010-the-simulated-wire.md.
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

    /// <summary>The parts that all queues read and none changes.</summary>
    internal sealed record Shared(WireTraffic Traffic, SimulatedClock Clock, SimulatedMarking Marking, long Packets, int PageBytes);

    /// <summary><c>sim</c>, whatever is on the wire.</summary>
    public string Name => "sim";

    /// <summary>
    /// The device's own queues, then those of each virtual function. They share nothing that changes, so each can have a thread of its own.
    /// </summary>
    public IReadOnlyList<INicQueue> Queues => _queues;

    /// <summary>The device's own, then one for each virtual function. If a capture is on the wire, they are the capture's.</summary>
    public IReadOnlyList<NicInterface> Interfaces => _shared.Traffic.Interfaces;

    /// <summary>Those of a wire on the real clock. On the virtual clock the wire stops while nobody takes packets.</summary>
    public SourceTraits Traits { get; }

    /// <summary>The device's filters. They hold as many rules as the options give room for.</summary>
    public IRuleOffload Offload => _shared.Marking;

    /// <summary>Bytes of the packets given out, or passed.</summary>
    public long BytesRead => _queues.Sum(q => q.BytesGiven);

    /// <summary>Null: the wire's length is counted in packets.</summary>
    public long? BytesTotal => null;

    /// <summary>Makes the device and provides its pages. If a capture is to be on the wire, reads all of it first.</summary>
    /// <param name="time">The real clock, where the options ask for it.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    /// <exception cref="CaptureFormatException">The file for the wire is not a capture.</exception>
    /// <exception cref="IOException">The capture cannot be read, has no packets, or is too large.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to read it.</exception>
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

    /// <summary>Disposes all queues. Received packets stay valid until their bundles are disposed.</summary>
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

    /// <summary>
    /// Only what the code here needs. The limits for users are in <see cref="SimulatedOptions.Check"/>; a device made in code may be
    /// smaller.
    /// </summary>
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
