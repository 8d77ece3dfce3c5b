using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Links;

/// <summary>
/// The clock that leases run by: CLOCK_BOOTTIME, in nanoseconds. It counts on while the machine is suspended, as the other nodes' clocks
/// do.
/// </summary>
public sealed class LinkClock : TimeProvider
{
    /// <summary>The one there is. Any thread.</summary>
    public static readonly LinkClock Boot = new();

    private LinkClock()
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp() => BootTime.Nanoseconds();
}
