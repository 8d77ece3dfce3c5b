using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>What both formats say of a packet beside its bytes.</summary>
internal static class LinkTraffic
{
    /// <summary>Mostly what was captured or more; now and then less, which some captures say, and what no packet can have.</summary>
    public static uint WireLength(Chance chance, int captured) => chance.Below(8) switch
    {
        0 => (uint)(captured + chance.Below(2000)),
        1 => (uint)chance.Below(captured + 1),
        2 => chance.Of<uint>([0, 1, 0x7fff_ffff, 0x8000_0000, uint.MaxValue]),
        _ => (uint)captured,
    };

    public static uint Seconds(Chance chance) => chance.OneIn(4)
        ? chance.Of<uint>([0, 1, 0x7fff_ffff, 0x8000_0000, uint.MaxValue])
        : 1_700_000_000 + (uint)chance.Below(1_000_000);

    /// <summary>The 64 bits of a pcapng time, in whatever unit.</summary>
    public static ulong Time(Chance chance) => chance.Below(8) switch
    {
        0 => chance.Next(),
        1 => chance.Of<ulong>([0, 1, long.MaxValue, 1UL << 63, ulong.MaxValue, 9_223_372_036, 9_223_372_037]),
        2 => (ulong)chance.Below(1000),
        _ => 1_700_000_000_000_000 + (ulong)chance.Below(1_000_000_000),
    };
}
