using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class BlockBufferTests
{
    private const int Capacity = 1 << 16;

    private static readonly Gen<(int Size, bool IsPacket, bool IsCopy)[]> Blocks = Gen.Select(Gen.Int[1, 500], Gen.Bool, Gen.Bool).Array[0, 100];

    [Fact]
    public void Wherever_a_write_breaks_off_each_packet_is_delivered_if_all_of_it_was_taken() =>
        Gen.Select(Blocks, Gen.Double[0, 1]).Sample((blocks, part) =>
        {
            var accounts = (Own: new PacketAccount("own", AccountKind.Consumer), Copies: new PacketAccount("copies", AccountKind.Copy));
            var source = new NicInterface(0, "eth0", LinkType.Ethernet, 0);
            using var buffer = new BlockBuffer(Capacity);
            Fill(buffer, blocks, accounts, new CapturedInterface(source, 0));
            var ends = blocks.Select((_, i) => blocks.Take(i + 1).Sum(b => b.Size)).ToArray();
            var taken = (int)(buffer.Used * part);

            var whole = buffer.Settle(taken);

            Assert.Equal(ends.Where(e => e <= taken).DefaultIfEmpty(0).Max(), whole);
            AssertFates(accounts.Own, blocks.Zip(ends).Where(b => b.First is { IsPacket: true, IsCopy: false }), taken);
            AssertFates(accounts.Copies, blocks.Zip(ends).Where(b => b.First is { IsPacket: true, IsCopy: true }), taken);
            Assert.Equal(accounts.Own.DroppedTally(DropReason.OutputError).Packets, source.Dropped);
            Assert.Equal(0, buffer.Used);
        });

    private static void Fill(BlockBuffer buffer, (int Size, bool IsPacket, bool IsCopy)[] blocks, (PacketAccount Own, PacketAccount Copies) to, CapturedInterface from)
    {
        foreach (var (size, isPacket, isCopy) in blocks)
        {
            var account = isCopy ? to.Copies : to.Own;
            if (!isPacket)
            {
                buffer.Commit(size);
                continue;
            }

            account.Hold(1, size);
            buffer.CommitPacket(size, size, account, from);
        }
    }

    private static void AssertFates(PacketAccount account, IEnumerable<((int Size, bool, bool) Block, int End)> packets, int taken)
    {
        var expected = packets.ToLookup(p => p.End <= taken, p => p.Block.Size);
        Assert.Equal(new PacketTally(expected[true].Count(), expected[true].Sum()), account.DeliveredTally);
        Assert.Equal(new PacketTally(expected[false].Count(), expected[false].Sum()), account.DroppedTally(DropReason.OutputError));
        Assert.Equal(default, account.Held);
    }
}
