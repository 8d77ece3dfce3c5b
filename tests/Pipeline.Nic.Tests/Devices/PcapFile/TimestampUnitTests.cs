using System.Numerics;
using CsCheck;
using Pipeline.Nic.Pcapng;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class TimestampUnitTests
{
    [Theory]
    [InlineData(6, 0, 1_700_000_000_000_001, 1_700_000_000_000_001_000)]
    [InlineData(9, 0, 1_700_000_000_000_000_001, 1_700_000_000_000_000_001)]
    [InlineData(0, 0, 5, 5_000_000_000)]
    [InlineData(0, -10, 5, -5_000_000_000)]
    [InlineData(12, 0, 1_999, 1)]
    [InlineData(0x80 | 1, 0, 3, 1_500_000_000)]
    [InlineData(0x80 | 32, 1, 0xFFFFFFFF, 1_999_999_999)]
    [InlineData(127, 0, ulong.MaxValue, 0)]
    [InlineData(255, 0, ulong.MaxValue, 0)]
    [InlineData(0, 0, ulong.MaxValue, long.MaxValue)]
    [InlineData(9, long.MinValue, 0, long.MinValue)]
    [InlineData(0, long.MaxValue, ulong.MaxValue, long.MaxValue)]
    public void Times_become_nanoseconds(byte resolution, long offsetSeconds, ulong units, long expected) =>
        Assert.Equal(expected, new TimestampUnit(resolution, offsetSeconds).ToNanoseconds(units));

    [Fact]
    public void Any_unit_and_any_offset_is_exact_and_clamped() =>
        Gen.Select(Gen.Byte, Gen.Long, Gen.ULong).Sample((resolution, offset, units) =>
            new TimestampUnit(resolution, offset).ToNanoseconds(units) == Exactly(resolution, offset, units));

    private static long Exactly(byte resolution, long offset, ulong units)
    {
        var unit = BigInteger.Pow((resolution & 0x80) != 0 ? 2 : 10, resolution & 0x7f);
        var nanoseconds = ((BigInteger)units * 1_000_000_000 / unit) + ((BigInteger)offset * 1_000_000_000);
        return (long)BigInteger.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }
}
