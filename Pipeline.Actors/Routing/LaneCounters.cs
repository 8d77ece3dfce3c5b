using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Counts what one route took from one router, and what it refused. Only the router's thread writes it, with plain stores, once for each
/// stretch of packets. Any thread reads it.
/// </summary>
internal sealed class LaneCounters
{
    private long _takenPackets;
    private long _takenBytes;
    private long _refusedPackets;
    private long _refusedBytes;
    private long _evictedPackets;
    private long _evictedBytes;
    private long _resentPackets;
    private long _resentBytes;

    /// <summary>Packets sent on, or being bundled.</summary>
    public PacketTally Taken => new(Volatile.Read(ref _takenPackets), Volatile.Read(ref _takenBytes));

    /// <summary>
    /// Packets dropped because the route's share was exceeded, or their instance's part of it; the latter are among <see cref="Taken"/> too.
    /// </summary>
    public PacketTally Refused => new(Volatile.Read(ref _refusedPackets), Volatile.Read(ref _refusedBytes));

    /// <summary>Packets taken before and dropped to make room for newer ones; they are among <see cref="Taken"/> too.</summary>
    public PacketTally Evicted => new(Volatile.Read(ref _evictedPackets), Volatile.Read(ref _evictedBytes));

    /// <summary>Packets that came back from an instance that is gone, and went to another; they are among <see cref="Taken"/> once.</summary>
    public PacketTally Resent => new(Volatile.Read(ref _resentPackets), Volatile.Read(ref _resentBytes));

    public void Take(int packets, long bytes)
    {
        _takenPackets += packets;
        _takenBytes += bytes;
    }

    public void Refuse(int packets, long bytes)
    {
        _refusedPackets += packets;
        _refusedBytes += bytes;
    }

    public void Evict(int packets, long bytes)
    {
        _evictedPackets += packets;
        _evictedBytes += bytes;
    }

    public void Resend(int packets, long bytes)
    {
        _resentPackets += packets;
        _resentBytes += bytes;
    }
}
