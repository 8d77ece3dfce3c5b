using Pipeline.Actors.Setup;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Host.Tests;

public sealed class FailureTests
{
    public static TheoryData<Exception, int, int> Failures => new()
    {
        { new UsageException("u"), 2, 2 },
        { new OutputConflictException("o"), 2, 2 },
        { new InvalidInputException("i", []), 65, 65 },
        { new FilterException("syntax error"), 65, 65 },
        { new FilterException("no libpcap", isLibpcapMissing: true), 1, 1 },
        { new CaptureFormatException("x.pcap", 24, "record is cut off"), 65, 65 },
        { new FileNotFoundException("x: no such file"), 66, 66 },
        { new DirectoryNotFoundException("x/y: no such folder"), 66, 66 },
        { new UnauthorizedAccessException("x: permission denied"), 66, 66 },
        { new OutputException("out.pcapng", "no space left on device"), 73, 74 },
        { new OutputException("out.pcapng", "would be overwritten") { IsConflict = true }, 2, 2 },
        { new OutputException("standard output", "cannot be written"), 74, 74 },
        { new LinuxException("read", "standard input", Errno.EISDIR), 74, 74 },
        { new LinuxException("read", "x", Errno.EIO), 74, 74 },
        { new LinuxException("socket", "eth0", Errno.EPERM), 77, 77 },
        { new IOException("x: read error"), 74, 74 },
        { new InvalidOperationException("odd"), 1, 1 },
        { new AggregateException(new CaptureFormatException("x.pcap", 24, "record is cut off")), 65, 65 },
    };

    [Fact]
    public void What_no_command_has_told_is_told_in_its_own_words_and_in_one_line()
    {
        var words = Program.WordsOf(new TypeInitializationException("T", new InvalidOperationException("odd\nand more")));

        Assert.Equal("error: odd and more", words);
    }

    [Fact]
    public void What_cannot_be_loaded_is_told_with_its_likely_cause() => Assert.Contains("ulimit -n", Program.WordsOf(new FileLoadException("x.dll")));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_failure_has_its_exit_code(Exception error, int atStart, int whileRunning)
    {
        Assert.Equal(atStart, Failure.AtStart(error).ExitCode);
        Assert.Equal(whileRunning, Failure.WhileRunning("capture", error).ExitCode);
    }

    [Fact]
    public void A_reader_that_went_away_is_no_failure() =>
        Assert.Equal(new Failure(null, 0), Failure.WhileRunning("capture", new OutputException("standard output", "broken pipe", isClosedPipe: true)));

    [Fact]
    public void A_handler_that_threw_is_named() =>
        Assert.Equal("guests: odd", Failure.WhileRunning("guests", new InvalidOperationException("odd")).Message);

    [Fact]
    public void A_broken_capture_tells_its_place() =>
        Assert.Equal("x.pcap: at byte 24: record is cut off", Failure.WhileRunning("pcap:0", new CaptureFormatException("x.pcap", 24, "record is cut off")).Message);
}
