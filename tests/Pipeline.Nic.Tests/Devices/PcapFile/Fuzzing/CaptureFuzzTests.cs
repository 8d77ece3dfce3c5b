using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>
/// Whatever bytes a capture has, the reader makes of it what an independent reading by the specifications does: the same packets, an
/// error where that one finds one, every page home, and no more memory than the capture is long.
/// </summary>
public sealed class CaptureFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_capture_is_read_as_its_specification_says()
    {
        using var fuzz = new CaptureFuzz();

        new FuzzRuns("captures", usual: 10_000, longer: 1_000_000).Run(output, fuzz.Once, () => fuzz.Seen, () => fuzz.HasMetAll);
    }
}
