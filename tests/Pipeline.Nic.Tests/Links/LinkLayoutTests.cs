using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Bytes are where docs/guides/link-protocol.md says. Another version of this program reads them there.</summary>
public sealed class LinkLayoutTests
{
    private const long Epoch = 0x1122334455667788;

    [Fact]
    public void Headers_and_entries_have_the_sizes_that_the_protocol_counts_with()
    {
        Assert.Equal(LinkLayout.HeaderBytes, Unsafe.SizeOf<FrameHeader>());
        Assert.Equal(LinkLayout.SectionBytes, Unsafe.SizeOf<SectionHeader>());
        Assert.Equal(LinkLayout.EntryBytes, Unsafe.SizeOf<Packet>());
        Assert.Equal(14, LinkLayout.Outcomes);
    }

    [Fact]
    public void A_frame_of_bundles_is_as_it_is_described()
    {
        var frame = Frame();

        Assert.Equal(32 + 32 + (2 * 32) + 5, frame.Length);
        Assert.Equal([frame.Length, 3, 7, 0, 0x55667788, 0x11223344, 1, 0], Words(frame, 0, 8));
        Assert.Equal([9, 2, 1, 0, 42, 6, 5, 1], Words(frame, 32, 8));
        Assert.Equal([1000, 0, 0, 3, 60, 0x10, 0x20, 5 | (1 << 24)], Words(frame, 64, 8));
        Assert.Equal([2000, 0, 0, 2, 2, 0, 0, 0], Words(frame, 96, 8));
        Assert.Equal([0xA1, 0xA2, 0xA3, 0xB1, 0xB2], frame[128..]);
    }

    [Fact]
    public void A_declaration_of_an_interface_is_as_it_is_described()
    {
        var frame = new DeclaredInterfaces().Declare(new NicInterface(3, "eth0", LinkType.Ethernet, 96) { FcsBytes = 4, IsBigEndian = true });

        Assert.Equal([0, 3, 1, 96, 4 | (1 << 8), 0], Words(frame, 32, 6));
        Assert.Equal("eth0", Encoding.UTF8.GetString(frame, 56, frame.Length - 56));
    }

    [Fact]
    public void A_hello_is_as_it_is_described()
    {
        var bytes = new byte[LinkLayout.HelloBytes];
        new LinkHello(SenderUid: 5, ReceiverUid: 6, Epoch: 7, new LinkTerms(WireTypes: 8, FrameLimit: 9, Window: 10, InstanceWindow: 11)).Write(bytes);

        Assert.Equal("PIPELINK", Encoding.ASCII.GetString(bytes, 0, 8));
        Assert.Equal([2, 9, 5, 0, 6, 0, 7, 0, 8, 0, 10, 11, 0, 0], Words(bytes, 8, 14));
    }

    [Fact]
    public void Last_words_are_as_they_are_described()
    {
        var hello = new LinkHello(SenderUid: 5, ReceiverUid: 6, Epoch: Epoch, new LinkTerms());
        var outcomes = new PacketTally[LinkLayout.Outcomes];
        outcomes[0] = new PacketTally(10, 1000);
        outcomes[3] = new PacketTally(2, 200);
        var words = new LinkLastWords(hello with { Epoch = 7 }, isSettled: true, [new LastWordsRow(9, Sequence: 4, Packets: 3, outcomes)]);

        var frame = LastWordsFrame.Write(words, hello);

        Assert.Equal(32 + 16 + 24 + 32, frame.Length);
        Assert.Equal([frame.Length, 5, 0, 0, 0x55667788, 0x11223344, 1, 0], Words(frame, 0, 8));
        Assert.Equal([7, 0, 1, 0], Words(frame, 32, 4));
        Assert.Equal([9, 0b1001, 4, 0, 3, 0, 10, 0, 1000, 0, 2, 0, 200, 0], Words(frame, 48, 14));
        Assert.Equal([32, 5, 0, 0, 0x55667788, 0x11223344, 0, 0], Words(LastWordsFrame.Write(null, hello), 0, 8));
    }

    /// <summary>Two packets, of which one has a flag that holds in its own pages alone.</summary>
    private static byte[] Frame()
    {
        using var bell = new LinkBell();
        using var pool = new BlockPagePool("pages", 4096, 1);
        Assert.True(pool.TryRent(out var page));
        new byte[] { 0xA1, 0xA2, 0xA3, 0xB1, 0xB2 }.CopyTo(pool.PageMemory(page));
        var account = new PacketAccount("origin", AccountKind.Consumer);
        var bundle = new BundlePool(4).Rent(pool.Device, account, NicInterface.Unknown);
        pool.Device.Take(page, 2);
        bundle.MarkedBy = new LinkGeneration(6);
        bundle.Append(new Packet { TimestampNanoseconds = 1000, Offset = 0, CapturedLength = 3, WireLength = 60, Mark = 0x10, FlowHash = 0x20, Rule = 5, Flags = PacketFlags.NoTimestamp | PacketFlags.InBlock });
        bundle.Append(new Packet { TimestampNanoseconds = 2000, Offset = 3, CapturedLength = 2, WireLength = 2 });
        var lane = new LinkLane(9, account, int.MaxValue, 1 << 20, bell, new LinkCounters());
        var builder = new FrameBuilder(4096);
        builder.Add(bundle, 0, lane, interfaceId: 42);
        var frame = builder.Finish(number: 7, Epoch).ToArray();
        builder.Free();
        bundle.Dispose();
        pool.ReleaseFilled(page);
        return frame;
    }

    private static int[] Words(byte[] bytes, int at, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + (i * 4))))];
}
