using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>Captures of more interfaces than any machine has, and what of them lies in files.</summary>
public sealed class ManyInterfacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("none.pcapng")]
    [InlineData("none.pcap")]
    public void A_file_that_no_packet_came_for_describes_one_interface_however_many_there_are(string name)
    {
        using (var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder[name], KnownInterfaces = () => Interfaces(1000) })) consumer.Complete();

        using var nic = CaptureFileNic.Open(_folder[name]);
        Assert.Equal(LinkType.Ethernet, Assert.Single(nic.Interfaces).LinkType);
    }

    [Fact]
    public void Each_file_of_a_split_describes_the_interfaces_of_its_own_packets()
    {
        var interfaces = Interfaces(300);
        var table = Table(string.Join('\n', Enumerable.Range(0, 100).Select(i => $"rule r{i} match 0:ff:{i:x2} mark {i + 1}")));
        using (var consumer = new SplitConsumer(_folder.FullName, new SplitOptions { KnownInterfaces = () => interfaces, MostOpenFiles = 4 }, () => table))
        {
            for (var i = 0; i < interfaces.Length; i++) Give(consumer, table, interfaces[i], (byte)(i % 3));
            consumer.Complete();
        }

        Assert.Equal(1, Described("r7"));
        Assert.Equal([100, 100, 100], new[] { "r0", "r1", "r2" }.Select(Described));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"if{(3 * i) + 1}"), Drained.File(_folder["r1.pcapng"]).InterfaceOfPacket.Select(n => n.Name));
    }

    [Fact]
    public void Beyond_what_may_be_remembered_a_file_goes_on_in_another_section()
    {
        var interfaces = Interfaces(5);
        using var buffer = new BlockBuffer(CaptureLayout.MostHeaderBytes * 2);
        var writer = new CaptureWriter(new CaptureOptions { Path = _folder["x.pcapng"] }, buffer, new InterfaceBudget(2));
        using var consumer = new WriterConsumer(writer);
        int[] order = [0, 1, 0, 2, 3, 4, 4, 0];

        foreach (var i in order) _feed.Give(consumer, interfaces[i], PacketFeed.Sized(60));
        consumer.Complete();

        Assert.Equal(order.Select(i => $"if{i}"), Drained.File(_folder["x.pcapng"]).InterfaceOfPacket.Select(n => n.Name));
        Assert.Equal(order.Length, writer.Written);
        Assert.Equal([0u, 1, 0, 1, 0, 1], PcapngStatistics.Of(_folder["x.pcapng"]).Select(s => s.Interface));
    }

    [Fact]
    public void A_pcap_file_never_starts_anew_in_the_middle()
    {
        var interfaces = Interfaces(4);
        using var buffer = new BlockBuffer(CaptureLayout.MostHeaderBytes * 2);
        using var consumer = new WriterConsumer(new CaptureWriter(new CaptureOptions { Path = _folder["x.pcap"] }, buffer, new InterfaceBudget(1)));

        foreach (var nic in interfaces) _feed.Give(consumer, nic, PacketFeed.Sized(60));
        consumer.Complete();

        Assert.Equal(24 + (4 * 76), new FileInfo(_folder["x.pcap"]).Length);
    }

    [Fact]
    public void Files_of_one_budget_each_keep_their_packets_interfaces_apart()
    {
        var (interfaces, budget) = (Interfaces(4), new InterfaceBudget(3));
        using var buffers = new BlockBuffer(CaptureLayout.MostHeaderBytes * 2);
        using var others = new BlockBuffer(CaptureLayout.MostHeaderBytes * 2);
        using var one = new WriterConsumer(new CaptureWriter(new CaptureOptions { Path = _folder["one.pcapng"] }, buffers, budget));
        using var two = new WriterConsumer(new CaptureWriter(new CaptureOptions { Path = _folder["two.pcapng"] }, others, budget));

        foreach (var consumer in new[] { one, two, one, two })
            foreach (var nic in interfaces) _feed.Give(consumer, nic, PacketFeed.Sized(60));
        one.Complete();
        two.Complete();

        string[] expected = ["if0", "if1", "if2", "if3", "if0", "if1", "if2", "if3"];
        Assert.All(new[] { "one", "two" }, f => Assert.Equal(expected, Drained.File(_folder[f + ".pcapng"]).InterfaceOfPacket.Select(n => n.Name)));
    }

    [Fact]
    public void Rotated_files_number_their_interfaces_each_from_0()
    {
        var interfaces = Interfaces(6);
        var rotation = new CaptureRotation { FileBytes = 600 };
        using (var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder["x.pcapng"], Rotation = rotation }))
        {
            for (var i = 0; i < 24; i++) _feed.Give(consumer, interfaces[5 - (i % 6)], PacketFeed.Sized(60));
            consumer.Complete();
        }

        var files = Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal).Select(f => Drained.File(f)).ToList();
        Assert.True(files.Count > 3);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => $"if{5 - (i % 6)}"), files.SelectMany(f => f.InterfaceOfPacket).Select(n => n.Name));
    }

    private static NicInterface[] Interfaces(int count) => [.. Enumerable.Range(0, count).Select(i => new NicInterface(i, $"if{i}", LinkType.Ethernet, 0))];

    private static MarkTable Table(string rules) => MarkTable.Compile(RuleParser.Parse(new SourceText("test.rules", rules), out _)!);

    private void Give(SplitConsumer consumer, MarkTable table, NicInterface from, byte first) =>
        _feed.Give(consumer, table, from, new SentPacket([first, .. new byte[59]], 1_700_000_000_000_000_000));

    private int Described(string rule) => Drained.File(_folder[rule + ".pcapng"]).Interfaces.Count;
}
