using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class DealTests
{
    private static readonly RouteOptions[] Routes =
    [
        new() { To = "copies", Mark = 0x80, MarkMask = 0x80, Copy = true },
        .. Enumerable.Range(1, 5).Select(i => new RouteOptions { To = $"group{i}", Mark = (uint)i, MarkMask = 0xf }),
        new() { To = "selected", OnlySelected = true },
    ];

    [Fact]
    public void Every_packet_is_dealt_to_the_lane_that_the_table_says_and_to_no_other()
    {
        var packet = Gen.Select(Gen.UInt[0, 15], Gen.Bool, (mark, selected) => new Packet { Mark = mark, Flags = selected ? PacketFlags.Selected : PacketFlags.None });
        packet.Array[1, 300].Sample(
            packets =>
            {
                var (table, deal) = (new RouteTable(Routes), new Deal());
                Assert.True(deal.Look(table, packets));
                for (var i = 0; i < packets.Length; i++)
                {
                    var lane = table.Resolve(packets[i].Mark, packets[i].Has(PacketFlags.Selected)).Final;
                    for (var other = 0; other < table.Routes.Count; other++)
                        Assert.Equal(other == lane, (deal.HandOf(other, i / Deal.Hand * Deal.Hand) >> (i % Deal.Hand) & 1) != 0);
                }

                var counts = Enumerable.Range(0, table.Routes.Count).Select(deal.CountOf).ToList();
                Assert.Equal(packets.Length, counts.Sum());
                Assert.Equal(counts.Select(count => count > 0), Enumerable.Range(0, counts.Count).Select(lane => (deal.Touched >> lane & 1) != 0));
            });
    }

    [Fact]
    public void A_packet_that_is_copied_is_not_dealt()
    {
        Packet[] packets = [new() { Mark = 1 }, new() { Mark = 0x81 }, new() { Mark = 2 }];

        Assert.False(new Deal().Look(new RouteTable(Routes), packets));
    }
}
