using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Where a link takes an earlier one's place, nothing is processed twice and nothing is lost.</summary>
public class LinkSuccessionTests
{
    private const int Links = 6;

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, int.MaxValue)]
    [InlineData(3, 50)]
    [InlineData(4, 0)]
    public async Task Every_packet_is_processed_once_whenever_links_break_with_one_packet_to_a_page(ulong seed, int needed)
    {
        using var origin = new LinkOrigin(pages: 16384);
        await Run(seed, needed, origin.Pool, (account, chance) =>
            origin.Bundle(account, NicInterface.Unknown, chance, 1 + chance.Below(40), () => chance.Below(300)));
    }

    [Theory]
    [InlineData(5, int.MaxValue)]
    [InlineData(6, int.MaxValue)]
    [InlineData(7, 50)]
    public async Task Every_packet_is_processed_once_whenever_links_break_with_many_packets_to_a_page(ulong seed, int needed)
    {
        using var origin = new BlockOrigin(pages: 4096);
        await Run(seed, needed, origin.Pool, (account, chance) => origin.Bundle(account, chance, 1 + chance.Below(40), () => 1 + chance.Below(300)), origin.Finish);
    }

    private static async Task Run(ulong seed, int needed, PagePool pool, Func<PacketAccount, Chance, PageBundle> make, Action? finish = null)
    {
        var (chance, succession) = (new Chance(seed + 1000), new LinkSuccession(seed, needed, make));
        LinkPair? link = null;
        for (var epoch = 1; epoch <= Links; epoch++)
        {
            var before = link;
            link = await succession.Begin(epoch, before, bundles: 60);
            before?.Receiver.Dispose();
            if (epoch < Links) succession.Break(link, after: chance.Below(40));
        }

        succession.Finish(link!);
        finish?.Invoke();
        link!.AwaitRest(pool, succession.Accounts);
        Assert.Null(link.Sender.Ending);
        link.Dispose();

        for (var i = 0; i < succession.Accounts.Length; i++)
        {
            var account = succession.Accounts[i];
            Assert.Equal(Enumerable.Range(0, (int)succession.Made[i].Packets), succession.Processed[i].Select(m => (int)m));
            Assert.Equal(succession.Made[i], LinkOutcomeTests.Ended(account));
            Assert.Equal(succession.Delivered(i), account.DeliveredTally.Packets);
            foreach (var reason in Enum.GetValues<DropReason>().Where(r => r != DropReason.RemoteLost))
                Assert.Equal(succession.Dropped(i, reason), account.DroppedTally(reason).Packets);
            Assert.Equal(default, account.DroppedTally(DropReason.RemoteLost));
        }
    }
}
