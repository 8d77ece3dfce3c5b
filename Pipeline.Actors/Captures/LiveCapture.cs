using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// One capture of a running pipeline: a pcapng file in memory that grows until a limit is reached, somebody stops it, or the run ends. It
/// holds nothing of the pipeline up, and no book counts it. Any thread.
/// </summary>
[DebuggerDisplay("{Id}: {Request.At}, {State}, {Packets} packets")]
public sealed class LiveCapture
{
    /// <summary>Packets and bytes of all rings together. They hold what comes until they are emptied again.</summary>
    private const int RingPackets = 1 << 14, RingBytes = 1 << 23;

    /// <summary>The fewest of one ring, so that a pipeline of many queues still gets its packets across.</summary>
    private const int FewestPackets = 1 << 10, FewestBytes = 1 << 20;

    private const int MostAtOnce = 1 << 10;

    /// <summary>The time between two looks into empty rings.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2);

    private readonly RunningCapture _file;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private (CapturePorts Router, CapturePort Port)[] _ports;
    private volatile bool _isStopped;
    private int _state;
    private long _endedAt;

    internal LiveCapture(string id, CaptureRequest request, PacketFilter? filter, IReadOnlyList<CapturePorts> routers, TimeProvider clock)
    {
        (Id, Request, StartedAt, _clock, _began) = (id, request, clock.GetUtcNow(), clock, clock.GetTimestamp());
        _ports = [.. routers.Select(router => (router, new CapturePort(request.At, filter, NewRing(routers.Count))))];
        _file = new RunningCapture([.. _ports.Select(p => p.Port.Ring)], request.CutAt, request.Packets, request.Bytes);
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
    internal long Held => State == CaptureState.Running ? Request.Bytes : Bytes;

    /// <inheritdoc cref="RunningCapture.Read"/>
    public int Read(long at, Span<byte> into) => _file.Read(at, into);

    /// <inheritdoc cref="RunningCapture.WaitBeyond"/>
    public ValueTask<bool> WaitBeyond(long at, CancellationToken stop = default) => _file.WaitBeyond(at, stop);

    /// <summary>Has it end soon, with what it has.</summary>
    internal void Stop() => _isStopped = true;

    /// <summary>Has routers show it their packets from now on. Once, before <see cref="Run"/>.</summary>
    internal void Begin()
    {
        foreach (var (router, port) in _ports) router.Add(port);
    }

    /// <summary>Takes packets until the end. Once.</summary>
    /// <param name="known">The source's interfaces.</param>
    internal async Task Run(Func<IEnumerable<NicInterface>> known)
    {
        var endedAs = CaptureState.Stopped;
        try
        {
            await TakeUntilEnd();
            var isOver = !_isStopped;
            Leave();
            while (_file.Take(MostAtOnce)) await Task.Yield();
            _file.End(known());
            if (isOver || _file.IsFull) endedAs = CaptureState.Complete;
        }
        finally
        {
            Leave();
            _file.Close();
            _ports = [];
            Volatile.Write(ref _endedAt, _clock.GetUtcNow().Ticks);
            Volatile.Write(ref _state, (int)endedAs);
        }
    }

    private async Task TakeUntilEnd()
    {
        using var rest = new PeriodicTimer(Rest);
        while (!_file.IsFull && !_isStopped && _clock.GetElapsedTime(_began) < Request.Time)
        {
            foreach (var (_, port) in _ports) port.Prepare();
            if (!_file.Take(MostAtOnce)) await rest.WaitForNextTickAsync();
        }
    }

    private void Leave()
    {
        foreach (var (router, port) in _ports)
        {
            port.Close();
            router.Remove(port);
        }
    }

    private CaptureRing NewRing(int routers)
    {
        var least = 2 * (Request.CutAt + 64);
        return new CaptureRing(Math.Max(FewestPackets, RingPackets / routers), Math.Max(Math.Max(FewestBytes, least), RingBytes / routers), Request.CutAt);
    }
}
