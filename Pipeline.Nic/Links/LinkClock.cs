using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Links;

/// <summary>
/// The clock that leases run by: CLOCK_BOOTTIME, in nanoseconds. It counts on while the machine is suspended, as the other nodes' clocks
/// do.
/// </summary>
internal sealed class LinkClock : TimeProvider
{
    public static readonly LinkClock Boot = new();

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => BootTime.Nanoseconds();
}
