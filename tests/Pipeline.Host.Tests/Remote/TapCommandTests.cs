using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pipeline.Host.Tests.Server;
using Pipeline.Host.Tapping;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class TapCommandTests
{
    [TheoryThatNeeds(Need.Tshark)]
    [InlineData("received", 1000)]
    [InlineData("rule:dns", 250)]
    [InlineData("route:dns", 250)]
    [InlineData("dropped", 0)]
    public async Task The_end_of_the_run_ends_the_file_with_every_packet_of_the_point(string at, int packets)
    {
        await using var captured = await CapturedRun.Start();
        var me = new Operator(captured.Url);
        var running = me.Runs("tap", "--at", at, "-w", captured["t.pcapng"]);
        await Taps(captured, 1);

        captured.Open();

        Assert.Equal(0, await running.WaitAsync(ServedRun.Patience));
        Assert.Equal($"{packets} packets, 0 missed\n", me.Error);
        Assert.Equal(packets, PacketsIn(captured["t.pcapng"]));
        Assert.True((await captured.Run.Completion).View.Balanced);
    }

    [FactThatNeeds(Need.Tshark | Need.Libpcap)]
    public async Task So_many_packets_that_match_cut_to_a_length_go_to_standard_output()
    {
        await using var captured = await CapturedRun.Start();
        var me = new Operator(captured.Url);
        var running = me.Runs("tap", "-f", "udp port 53", "-s", "42", "-c", "7", "--json");
        await Taps(captured, 1);

        captured.Open();

        Assert.Equal(0, await running.WaitAsync(ServedRun.Patience));
        await File.WriteAllBytesAsync(captured["t.pcapng"], me.Bytes.ToArray());
        Assert.Equal(7, PacketsIn(captured["t.pcapng"]));
        Assert.Equal("""{"schema":"pipeline.tap/1","packets":7,"missed":0,"whole":true}""", me.Error.Trim());
    }

    [Fact]
    public async Task An_interrupt_finishes_the_file()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);
        var running = me.Runs("tap");
        while (served.Run.Captures.All.Count == 0) await Task.Delay(1);

        me.Signals.Deliver(PosixSignal.SIGINT);

        Assert.Equal(0, await running.WaitAsync(ServedRun.Patience));
        Assert.Equal("0 packets, 0 missed\n", me.Error);
        Assert.Equal([0x0A0D0D0A, 1, 5], Types(me.Bytes.ToArray()));
        Assert.Empty(served.Run.Captures.All);
    }

    [Theory]
    [InlineData(65, "at: there is no rule web", "--at", "rule:web")]
    [InlineData(2, "a file named .gz would not be compressed", "-w", "x.gz")]
    [InlineData(73, "cannot be created", "-w", "/nowhere/x.pcapng")]
    public async Task What_cannot_be_is_said_and_makes_no_file(int code, string words, params string[] arguments)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(code, await me.Runs(["tap", .. arguments]));

        Assert.Contains(words, me.Error);
        Assert.Empty(served.Run.Captures.All);
    }

    [Fact]
    public async Task Packets_are_not_written_to_a_terminal()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { HasColours = true };

        Assert.Equal(2, await me.Runs("tap"));

        Assert.Contains("will not write packets to a terminal", me.Error);
    }

    [Fact]
    public async Task A_file_stays_as_it_is_where_there_is_no_tap()
    {
        await using var served = await ServedRun.Start();
        var file = served.Write("mine", "precious");

        Assert.Equal(65, await new Operator(served).Runs("tap", "--at", "rule:web", "-w", file));

        Assert.Equal("precious", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Every_reader_that_connects_gets_all_and_one_that_goes_away_concerns_nobody()
    {
        await using var captured = await CapturedRun.Start();
        var me = new Operator(captured.Url);
        var running = me.Runs("tap", "--listen", "127.0.0.1:0");
        var port = await PortOf(me);
        using var first = new Reader(port);
        using var second = new Reader(port);
        await Taps(captured, 2);
        using (new Reader(port)) await Taps(captured, 3);
        await Taps(captured, 2);

        captured.Open();

        Assert.Equal((1000, true), await first.Read());
        Assert.Equal((1000, true), await second.Read());
        await captured.Run.Completion.WaitAsync(ServedRun.Patience);
        await captured.StopServer();
        Assert.Equal(0, await running.WaitAsync(ServedRun.Patience));
        Assert.EndsWith("2000 packets, 0 missed\n", me.Error);
    }

    [Fact]
    public async Task It_listens_until_a_reader_has_what_was_counted_out()
    {
        await using var captured = await CapturedRun.Start();
        var me = new Operator(captured.Url);
        var running = me.Runs("tap", "--listen", "127.0.0.1:0", "-c", "5");
        using var reader = new Reader(await PortOf(me));
        await Taps(captured, 1);

        captured.Open();

        Assert.Equal((5, true), await reader.Read());
        Assert.Equal(0, await running.WaitAsync(ServedRun.Patience));
    }

    [Fact]
    public async Task A_stream_that_is_cut_ends_with_a_whole_block_and_is_not_called_whole()
    {
        var head = Convert.FromHexString("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000");
        var blocks = new TapBlocks(new MemoryStream([.. head, .. head[..20]]));

        Assert.Equal(head.Length, (await blocks.Next(default)).Length);
        Assert.True((await blocks.Next(default)).IsEmpty);
        Assert.False(blocks.IsComplete);
    }

    [Theory]
    [InlineData("0B0D0D0A1C000000000000000000000000000000")]
    [InlineData("0A0D0D0A1D000000000000000000000000000000")]
    [InlineData("0A0D0D0A00000000000000000000000000000000")]
    [InlineData("0A0D0D0AFFFFFF7F000000000000000000000000")]
    public async Task What_is_no_pcapng_is_refused(string bytes) =>
        await Assert.ThrowsAsync<InvalidDataException>(async () => await new TapBlocks(new MemoryStream(Convert.FromHexString(bytes))).Next(default));

    private static async Task Taps(CapturedRun captured, int count)
    {
        while (captured.Run.Captures.All.Count != count) await Task.Delay(1);
    }

    private static async Task<int> PortOf(Operator me)
    {
        while (!me.Error.EndsWith('\n')) await Task.Delay(1);
        return int.Parse(me.Error.Split('\n')[0].Split(':')[^1]);
    }

    private static int PacketsIn(string path)
    {
        var result = Tool.Run("tshark", ["-r", path, "-T", "fields", "-e", "frame.number"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    private static IEnumerable<uint> Types(byte[] file)
    {
        for (var at = 0; at < file.Length; at += BitConverter.ToInt32(file, at + 4)) yield return BitConverter.ToUInt32(file, at);
    }

    /// <summary>One that reads packets over IP.</summary>
    private sealed class Reader(int port) : IDisposable
    {
        private readonly TcpClient _client = new("127.0.0.1", port);

        public async Task<(long Packets, bool IsComplete)> Read()
        {
            using var patience = new CancellationTokenSource(ServedRun.Patience);
            var blocks = new TapBlocks(_client.GetStream());
            while (await blocks.Next(patience.Token) is { IsEmpty: false })
            {
            }

            return (blocks.Packets, blocks.IsComplete);
        }

        public void Dispose() => _client.Dispose();
    }
}
