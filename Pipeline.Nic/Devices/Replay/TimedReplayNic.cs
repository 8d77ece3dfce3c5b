using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>Another device, played back with the timing of its packets' timestamps.</summary>
public sealed class TimedReplayNic : INic
{
    private readonly INic _inner;

    /// <summary>Takes over a device from which nothing has been received yet.</summary>
    /// <param name="inner">Owned from now on.</param>
    /// <param name="speed">1 is original timing, 2 twice as fast; above 0.</param>
    public TimedReplayNic(INic inner, double speed, TimeProvider time)
    {
        _inner = inner;
        Queues = [.. inner.Queues.Select(queue => new TimedReplayQueue(queue, speed, time))];
    }

    /// <summary>The name of the device that is played back.</summary>
    public string Name => _inner.Name;

    /// <summary>One <see cref="TimedReplayQueue"/> for each queue of the other device, each with a clock of its own.</summary>
    public IReadOnlyList<INicQueue> Queues { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NicInterface> Interfaces => _inner.Interfaces;

    /// <inheritdoc/>
    public bool InterfacesAreFinal => _inner.InterfacesAreFinal;

    /// <summary>Packets come at their time, so a bundle waits for its latency bound and not until it is full.</summary>
    public SourceTraits Traits => _inner.Traits with { IsUnhurried = false };

    /// <inheritdoc/>
    public CaptureMetadata Metadata => _inner.Metadata;

    /// <summary>The shortest of the queues' waits; null while none of them waits for a packet's time. Any thread.</summary>
    public TimeSpan? UntilNextPacket => Queues.Cast<TimedReplayQueue>().Select(q => q.UntilNextPacket).Min();

    /// <summary>Bytes that the other device has read. It can be ahead of the packets that have been played.</summary>
    public long BytesRead => _inner.BytesRead;

    /// <inheritdoc/>
    public long? BytesTotal => _inner.BytesTotal;

    /// <summary>Disposes the queues with their timers, then the device that is played back.</summary>
    public void Dispose()
    {
        foreach (var queue in Queues) queue.Dispose();
        _inner.Dispose();
    }
}
