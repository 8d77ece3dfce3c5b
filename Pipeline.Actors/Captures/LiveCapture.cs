using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// One capture of a running pipeline: a pcapng file in memory that grows until a limit is reached, somebody stops it, or the run ends. A tap
/// forgets what its reader has read. It holds nothing of the pipeline up, and no book counts it. Any thread.
/// </summary>
[DebuggerDisplay("{Id}: {Request.At}, {State}, {Packets} packets")]
public sealed partial class LiveCapture
{
    /// <summary>Packets and bytes of all rings together. They hold what comes until they are emptied again.</summary>
    private const int RingPackets = 1 << 14, RingBytes = 1 << 23;

    /// <summary>The fewest of one ring, so that a pipeline of many queues still gets its packets across.</summary>
    private const int FewestPackets = 1 << 10, FewestBytes = 1 << 20;

    private const int MostAtOnce = 1 << 10;

    /// <summary>The time between two looks into empty rings.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2);

    /// <summary>The time between two notes in a tap of what was missed.</summary>
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(1);

    /// <summary>How long the packets that wait when a tap ends may still wait for its reader.</summary>
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunningCapture _file;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private (CapturePorts Router, CapturePort Port)[] _ports;
    private volatile bool _isStopped;
    private int _state;
    private long _endedAt;

    internal LiveCapture(string id, CaptureRequest request, PacketFilter? filter, IReadOnlyList<CapturePorts> routers, TimeProvider clock, OwnConnections? own = null)
    {
        (Id, Request, StartedAt, _clock, _began) = (id, request, clock.GetUtcNow(), clock, clock.GetTimestamp());
        _ports = [.. routers.Select(router => (router, new CapturePort(request.At, filter, NewRing(routers.Count), own)))];
        _file = new RunningCapture([.. _ports.Select(p => p.Port.Ring)], request.CutAt, request.Packets == 0 ? long.MaxValue : request.Packets, request.Bytes, forgets: request.IsTap);
    }

    /// <summary>Its name among all captures, which cannot be guessed.</summary>
    public string Id { get; }

    /// <summary>What was asked for.</summary>
    public CaptureRequest Request { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? EndedAt => State == CaptureState.Running ? null : new DateTimeOffset(Volatile.Read(ref _endedAt), TimeSpan.Zero);

    /// <summary>Whether it goes on.</summary>
    public CaptureState State => (CaptureState)Volatile.Read(ref _state);

    /// <summary>Packets in the file.</summary>
    public long Packets => _file.Packets;

    /// <summary>Bytes of the file.</summary>
    public long Bytes => _file.Bytes;

    /// <summary>The most bytes of the file.</summary>
    public long MostBytes => Request.Bytes;

    /// <summary>Packets that were to be in the file and came faster than they could be taken.</summary>
    public long Missed => _file.Missed;

    /// <summary>Readers that the list knows of; under its lock.</summary>
    internal int Readers { get; set; }

    /// <summary>The memory that it takes or may come to take.</summary>
    internal long Held => State == CaptureState.Running || Request.IsTap ? Request.Bytes : Bytes;

    /// <summary>Completes when the reader of a tap has left it.</summary>
    internal Task Left => _left.Task;

    /// <inheritdoc cref="RunningCapture.Read"/>
    public int Read(long at, Span<byte> into) => _file.Read(at, into);

    /// <inheritdoc cref="RunningCapture.WaitBeyond"/>
    public ValueTask<bool> WaitBeyond(long at, CancellationToken stop = default) => _file.WaitBeyond(at, stop);

    /// <summary>Has it end soon, with what it has.</summary>
    internal void Stop() => _isStopped = true;

    /// <summary>The last reader has left. That is the end of a tap.</summary>
    internal void Leave()
    {
        if (!Request.IsTap) return;
        _left.TrySetResult();
        Stop();
    }

    /// <summary>Has routers show it their packets from now on. Once, before <see cref="Run"/>.</summary>
    /// <param name="known">The source's interfaces, which a tap begins with.</param>
    internal void Begin(IEnumerable<NicInterface> known)
    {
        if (Request.IsTap) _file.Begin(known);
        foreach (var (router, port) in _ports) router.Add(port);
    }

    private CaptureRing NewRing(int routers)
    {
        var least = 2 * (Request.CutAt + 64);
        return new CaptureRing(Math.Max(FewestPackets, RingPackets / routers), Math.Max(Math.Max(FewestBytes, least), RingBytes / routers), Request.CutAt);
    }
}
