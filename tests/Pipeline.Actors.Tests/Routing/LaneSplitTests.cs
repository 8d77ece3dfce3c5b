using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class LaneSplitTests : IDisposable
{
    private static readonly RouteOptions[] Routes =
    [
        new() { To = "copies", Mark = 0x80, MarkMask = 0x80, Copy = true },
        new() { To = "more", Mark = 0x40, MarkMask = 0x40, Copy = true },
        .. Enumerable.Range(1, 5).Select(i => new RouteOptions { To = $"group{i}", Mark = (uint)i, MarkMask = 0xf }),
        new() { To = "selected", OnlySelected = true },
    ];

    private static readonly RouteTable Table = new(Routes);
    private readonly PacketSource _source = PacketSource.OneToAPage(pages: 512, bundlePackets: 320);

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Every_packet_goes_along_the_lanes_that_the_table_says_and_no_other()
    {
        Gen.Select(Gen.UInt[0, 0xff].Array[1, 300], Gen.Bool.Array[300], Gen.Int[0, 299]).Sample(
            (marks, selected, skipped) =>
            {
                using var bundle = _source.Bundle(marks);
                for (var i = 0; i < marks.Length; i++) bundle.Packets[i].Flags = selected[i] ? PacketFlags.Selected : PacketFlags.None;
                var (split, start) = (new LaneSplit(Table.Routes.Count), skipped % marks.Length);

                split.Look(Table, bundle, start, marks.Length);

                for (var lane = 0; lane < Table.Routes.Count; lane++)
                {
                    var expected = Enumerable.Range(0, split.Count).Where(i => LanesOf(marks[start + i], selected[start + i]).Contains(lane)).ToList();
                    Assert.Equal(expected.Count > 0, (split.Touched >> lane & 1) != 0);
                    if (expected.Count == 0) continue;
                    Assert.Equal(expected, Enumerable.Range(0, split.Count).Where(i => (split.HandOf(lane, i / LaneSplit.Hand * LaneSplit.Hand) >> (i % LaneSplit.Hand) & 1) != 0));
                    Assert.Equal(expected.Count, split.PacketsOf(lane));
                    Assert.Equal(expected.Sum(i => (long)bundle.Packets[start + i].CapturedLength), split.BytesOf(lane));
                }
            },
            threads: 1);
    }

    [Fact]
    public void A_packet_lies_in_a_bundle_for_each_of_its_lanes_that_takes_it()
    {
        using var bundle = _source.Bundle(0xc1, 0x81, 2);
        var split = new LaneSplit(Table.Routes.Count);
        split.Look(Table, bundle, 0, 3);

        Assert.Equal([3, 2, 1], Enumerable.Range(0, 3).Select(i => split.LanesOf(i, ulong.MaxValue)));
        Assert.Equal([2, 1, 1], Enumerable.Range(0, 3).Select(i => split.LanesOf(i, ~1ul)));
    }

    [Fact]
    public void Copies_go_along_lanes_of_copies_alone_and_some_along_none()
    {
        using var bundle = _source.Bundle(0xc1, 0x81, 2);
        var split = new LaneSplit(Table.Routes.Count, isOfCopies: true);

        split.Look(Table, bundle, 0, 3);

        Assert.Equal((0b11ul, 0b11ul, 2, 1), (split.Touched, split.Copied, split.PacketsOf(0), split.PacketsOf(1)));
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(i => split.LanesOf(i, split.Touched)));
        split.Look(Table, bundle, 2, 3);
        Assert.Equal((0ul, 0), (split.Touched, split.LanesOf(0, split.Touched)));
    }

    [Fact]
    public void What_is_diverted_joins_what_went_there_anyway()
    {
        using var bundle = _source.Bundle(1, 2, 1, 3);
        var split = new LaneSplit(Table.Routes.Count);
        split.Look(Table, bundle, 0, 4);

        split.Divert(LanesOf(1)[^1], LanesOf(3)[^1]);

        Assert.Equal((0b1101ul, 3), (split.HandOf(LanesOf(3)[^1], 0), split.PacketsOf(LanesOf(3)[^1])));
        Assert.Equal((1ul << LanesOf(2)[^1]) | (1ul << LanesOf(3)[^1]), split.Touched);
    }

    /// <summary>The copies before the final one.</summary>
    private static List<int> LanesOf(uint mark, bool selected = true)
    {
        var decision = Table.Resolve(mark, selected);
        return [.. Enumerable.Range(0, Table.Routes.Count).Where(lane => (decision.Copies >> lane & 1) != 0), decision.Final];
    }
}
