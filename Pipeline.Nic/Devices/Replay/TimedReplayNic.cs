using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>Another device, played back with the timing of its packets' timestamps.</summary>
public sealed class TimedReplayNic : INic
{
    private readonly INic _inner;

    /// <param name="inner">Owned from now on.</param>
    /// <param name="speed">1 is original timing, 2 twice as fast; above 0.</param>
    public TimedReplayNic(INic inner, double speed, TimeProvider time)
    {
        _inner = inner;
        Queues = [.. inner.Queues.Select(queue => new TimedReplayQueue(queue, speed, time))];
    }

    public string Name => _inner.Name;

    public IReadOnlyList<INicQueue> Queues { get; }

    public IReadOnlyList<NicInterface> Interfaces => _inner.Interfaces;

    public bool InterfacesAreFinal => _inner.InterfacesAreFinal;

    /// <summary>Packets come at their time, so that a bundle waits for its latency bound rather than to be full.</summary>
    public SourceTraits Traits => _inner.Traits with { IsUnhurried = false };

    public CaptureMetadata Metadata => _inner.Metadata;

    public TimeSpan? UntilNextPacket => Queues.Cast<TimedReplayQueue>().Select(q => q.UntilNextPacket).Min();

    public long BytesRead => _inner.BytesRead;

    public long? BytesTotal => _inner.BytesTotal;

    public void Dispose()
    {
        foreach (var queue in Queues) queue.Dispose();
        _inner.Dispose();
    }
}
