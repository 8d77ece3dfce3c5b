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

    /// <summary>The numbers of packets stay far below what fits.</summary>
    private const int MostFloodFactor = 1000;

    private static readonly TimeSpan LongestFlood = TimeSpan.FromHours(1);

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

    /// <summary>
    /// Stalls a queue now, while it runs: nobody takes packets out of its ring until the wire has carried that many more. Packets that
    /// exceed the ring are lost as <c>ring-full</c>. Any thread.
    /// </summary>
    /// <param name="queue">The queue's index among the device's queues.</param>
    /// <param name="packets">Packets of the wire, those to other queues included.</param>
    /// <exception cref="InvalidOperationException">The wire does not run at a rate on the real clock.</exception>
    public void Stall(int queue, long packets)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packets);
        RequirePaced();
        _queues[queue].StallUntil(_shared.Clock.Carried() + packets);
    }

    /// <summary>
    /// Floods the wire with the longest packet of one flow, a tenth of a second from now, on top of its usual traffic. All of them go to
    /// one queue. Any thread.
    /// </summary>
    /// <param name="factor">How many times as many packets as usual the wire carries meanwhile, 2 to 1000.</param>
    /// <param name="time">How long, above 0 and at most an hour.</param>
    /// <returns>False where a flood goes on, or ended less than a second ago.</returns>
    /// <exception cref="InvalidOperationException">The wire does not run at a rate on the real clock.</exception>
    public bool TryFlood(int factor, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, MostFloodFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, LongestFlood);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        RequirePaced();
        var templates = _shared.Traffic.Templates;
        var longest = Enumerable.Range(0, templates.Length).MaxBy(i => templates[i].Length);
        return _shared.Clock.TryFlood(factor, time, longest);
    }

    /// <summary>Disposes all queues. Received packets stay valid until their bundles are disposed.</summary>
    public void Dispose()
    {
        foreach (var queue in _queues) queue?.Dispose();
    }

    private void RequirePaced()
    {
        if (!_shared.Clock.IsPaced) throw new InvalidOperationException("Only a free-running wire with a rate takes orders while it runs.");
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
