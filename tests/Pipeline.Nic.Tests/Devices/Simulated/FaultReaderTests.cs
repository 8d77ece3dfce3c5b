using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public class FaultReaderTests
{
    [Theory]
    [InlineData("stall 2 at 50000 for 1000", FaultKind.Stall, 2, 50000, 1000L)]
    [InlineData("overrun 0 at 0", FaultKind.Overrun, 0, 0, null)]
    [InlineData("starve 1 at 9 for 2", FaultKind.Starve, 1, 9, 2L)]
    [InlineData("corrupt 3 at 7", FaultKind.Corrupt, 3, 7, null)]
    [InlineData("flap at 100 for 20", FaultKind.Flap, null, 100, 20L)]
    [InlineData("slow-clock at 5 for 1", FaultKind.SlowClock, null, 5, 1L)]
    public void A_fault_is_read_and_printed_as_it_is_written(string text, FaultKind kind, int? queue, long at, long? packets)
    {
        Assert.True(FaultReader.TryRead(text, out var fault, out _));
        Assert.Equal(new SimulatedFault(kind, queue, at, packets), fault);
        Assert.Equal(text, fault.ToString());
    }

    [Theory]
    [InlineData("", 0, "ends too early; expected one of stall, overrun, starve, corrupt, flap, slow-clock")]
    [InlineData("stal 2 at 5 for 1", 0, "`stal`: expected one of")]
    [InlineData("stall at 5 for 1", 6, "`at`: expected the number of a queue")]
    [InlineData("stall 2 at 5", 12, "expected `for`")]
    [InlineData("flap 2 at 5 for 1", 5, "not of one queue")]
    [InlineData("corrupt 2 at -5", 13, "`-5`: expected the number of a packet")]
    [InlineData("corrupt 2 at 5 for 0", 19, "1 or more")]
    [InlineData("corrupt 2 at 5 until 7", 15, "`until`: expected `for`")]
    [InlineData("corrupt 2 at 5 for 7 packets", 21, "`packets`: expected nothing more")]
    public void What_is_wrong_is_told_with_its_place(string text, int place, string words)
    {
        Assert.False(FaultReader.TryRead(text, out _, out var reader));
        Assert.Contains(words, reader.Error);
        Assert.Equal(place, reader.ErrorSpan.Start);
    }
}
