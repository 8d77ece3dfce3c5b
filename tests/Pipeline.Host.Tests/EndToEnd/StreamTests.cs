using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Standard streams that are closed, full, or lead to a file that the program uses.</summary>
public sealed class StreamTests : IDisposable
{
    private const int Packets = 5;

    private readonly TemporaryFolder _folder = new();

    public StreamTests()
    {
        var capture = new CaptureBytes().PcapHeader();
        for (var packet = 0u; packet < Packets; packet++) capture.PcapRecord(1_600_000_000 + packet, packet, new byte[60]);
        File.WriteAllBytes(_folder["in.pcap"], capture.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData("<&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void What_cannot_be_said_ends_no_run_and_gets_into_no_file(string streams)
    {
        var result = Shell($"pipeline run -r in.pcap -w out.pcap {streams}; echo $?; pipeline run -r absent.pcap -w absent.out {streams}; echo $?; stat -c %s out.pcap");

        Assert.Equal($"0\n66\n{24 + (Packets * 76)}\n", result.Output);
    }

    [Theory]
    [InlineData("version >/dev/full")]
    [InlineData("version >&-")]
    [InlineData("run --help >&-")]
    [InlineData("completion bash >/dev/full")]
    [InlineData("explain 12:ffff:0800 >&-")]
    [InlineData("run -q -r in.pcap --json >/dev/full")]
    [InlineData("run -q -r in.pcap --json >&-")]
    [InlineData("run -q -r in.pcap -w - >/dev/full")]
    [InlineData("run -q -r in.pcap -w - >&-")]
    [InlineData("run -q -r in.pcap -w /dev/stdout >&-")]
    public void Standard_output_that_cannot_be_written_is_74_and_named(string command)
    {
        var result = Shell("pipeline " + command);

        Assert.Equal(74, result.ExitCode);
        Assert.StartsWith("error: standard output: cannot be written", result.Errors);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("run -q -r - <&-")]
    [InlineData("run -q -r /dev/stdin <&-")]
    [InlineData("run -q -r /proc/self/fd/0 <&-")]
    [InlineData("run -q -r - < .")]
    [InlineData("run -q -r in.pcap --rules /dev/fd/0 <&-")]
    public void Standard_input_that_cannot_be_read_is_74_and_named(string command)
    {
        var result = Shell("pipeline " + command);

        Assert.Equal(74, result.ExitCode);
        Assert.StartsWith("error: standard input: ", result.Errors);
    }

    /// <summary>By then the runtime has opened pipes and files of its own, which have these numbers.</summary>
    [Fact]
    public void A_descriptor_that_the_program_was_not_given_is_refused()
    {
        var result = Shell("pipeline run -q -r /dev/fd/3 3<&-; echo $?; pipeline run -q -r in.pcap -w /proc/self/fd/4 4<&-; echo $?");

        Assert.Equal("74\n73\n", result.Output);
        Assert.Equal(2, result.Errors.Split("EBADF").Length - 1);
    }

    [Theory]
    [InlineData("-r - -w in.pcap < in.pcap")]
    [InlineData("-r /dev/stdin -w in.pcap < in.pcap")]
    [InlineData("-r /proc/self/fd/3 -w in.pcap 3< in.pcap")]
    [InlineData("-r in.pcap -w /dev/fd/3 3<> in.pcap")]
    [InlineData("-r in.pcap -w - >> in.pcap")]
    [InlineData("-r in.pcap --json >> in.pcap")]
    [InlineData("--sim in.pcap -w in.pcap")]
    public void What_is_read_is_not_overwritten_through_a_stream(string arguments)
    {
        var result = Shell($"cp in.pcap before; pipeline run {arguments}; code=$?; cmp in.pcap before && exit $code");

        Assert.Equal(2, result.ExitCode);
    }

    /// <summary>The pipe has lost its only reader before the program is started, so that the first write meets it.</summary>
    [Fact]
    public void A_reader_that_had_enough_of_it_is_no_failure()
    {
        var result = Shell("mkfifo p; exec 3<>p 4>p 3<&-; pipeline completion bash >&4");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(48)]
    [InlineData(64)]
    public void Too_few_descriptors_are_one_error(int most)
    {
        var result = Shell($"ulimit -n {most}; pipeline run -q -r in.pcap");

        Assert.Equal((1, $"error: at most {most} files may be open at a time, which are too few; raise the limit (ulimit -n 256)\n"), (result.ExitCode, result.Errors));
    }

    [Theory]
    [InlineData("-r in.pcap", "in.pcap")]
    [InlineData("-r \"$FULL\" -w out.pcap", "out.pcap")]
    [InlineData("-r \"$FULL\" --split out", "out")]
    [InlineData("--config edge.conf", "edge.conf")]
    public void Without_a_working_directory_a_name_in_it_is_told(string arguments, string name)
    {
        var result = Shell($"FULL=$PWD/in.pcap; mkdir gone; cd gone; rmdir ../gone; pipeline run {arguments}");

        // The shell has a word on it too.
        Assert.Equal(66, result.ExitCode);
        Assert.EndsWith($"error: {name}: the working directory is gone; change to another, or give the whole path\n", result.Errors);
    }

    private Tool.Result Shell(string script) => BuiltProgram.Shell($"cd '{_folder.FullName}'\n{script}");
}
