using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>Whatever happens to bundles and in whatever order: in the end every page is home and every packet is counted once.</summary>
public class PagesComeHomeTests
{
    private enum Step
    {
        ReceiveOne,
        ReceiveThree,
        NextPage,
        Dispose,
        Drop,
        RejectOneAndDispose,
        HoldOneAndDispose,
        SettleHeld,
        SettleAll,
    }

    private static readonly Gen<(Step, int)[]> Steps = Gen.Select(Gen.OneOf(Enum.GetValues<Step>()), Gen.Int[0, 100]).Array[0, 60];

    [Fact]
    public void From_pages_of_many_packets() => Steps.Sample(steps =>
    {
        using var pages = new ManyPacketPages(pages: 3, bundlePackets: 3);
        var run = new Run(pages.Pool);
        var shares = new[] { new PageShare(pages.Pool, "a", 3), new PageShare(pages.Pool, "b", 3) };
        var page = -1;
        run.Receive = (count, number) =>
        {
            if (page < 0 && !pages.Pool.TryRent(out page)) return null;
            return pages.Bundle(shares[number % 2], run.Account, page, count);
        };
        run.NextPage = () =>
        {
            if (page >= 0) pages.Pool.ReleaseFilled(page);
            page = -1;
        };

        run.All(steps, pages.Bundles);

        Assert.Empty(pages.Audit.Leaks());
        Assert.All(shares, share => Assert.Equal((0, 0), (share.Charged, share.Bundles)));
    });

    [Fact]
    public void From_pages_of_one_packet() => Steps.Sample(steps =>
    {
        using var pages = new OnePacketPages(pages: 7, bundlePackets: 3);
        var run = new Run(pages.Pool);
        run.Receive = (count, number) => pages.Pool.PageCount - pages.Pool.Outstanding < count
            ? null
            : pages.Receive(NicInterface.Unknown, run.Account, [.. Enumerable.Repeat(new byte[16], count)]);

        run.All(steps, pages.Bundles);

        Assert.Equal((0, 0), (pages.Pool.Device.Charged, pages.Pool.Device.Bundles));
    });

    /// <summary>The steps done, and at the same time a model of what the ledger must say.</summary>
    private sealed class Run
    {
        private readonly List<PageBundle> _out = [];
        private readonly Ledger _ledger = new();
        private readonly QueueAccount _queue;
        private long _held;

        public Run(PagePool pool)
        {
            Account = _ledger.AddAccount("consumer", AccountKind.Consumer);
            _queue = _ledger.AddQueue("queue");
            _ledger.AddPool(pool);
        }

        public PacketAccount Account { get; }

        public Func<int, int, PageBundle?> Receive { get; set; } = (_, _) => null;

        public Action NextPage { get; set; } = () => { };

        public void All((Step, int)[] steps, BundlePool bundles)
        {
            foreach (var (step, number) in steps)
            {
                Do(step, number, bundles);
                Assert.True(_ledger.Read().BalancesRunning);
            }

            foreach (var bundle in _out) bundle.Dispose();
            NextPage();
            Do(Step.SettleHeld, 0, bundles);
            Assert.True(_ledger.Read().BalancesAtRest);
        }

        private void Do(Step step, int number, BundlePool bundles)
        {
            switch (step)
            {
                case Step.ReceiveOne: Add(Receive(1, number)); break;
                case Step.ReceiveThree: Add(Receive(3, number)); break;
                case Step.NextPage: NextPage(); break;
                case Step.SettleHeld: SettleHeld(); break;
                case Step.SettleAll: bundles.SettleAll(DropReason.Shutdown); break;
                default: End(step, number); break;
            }
        }

        private void Add(PageBundle? bundle)
        {
            if (bundle is null) return;
            _queue.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
            _out.Add(bundle);
        }

        private void SettleHeld()
        {
            Account.HeldDelivered(_held, _held * 16);
            _held = 0;
        }

        private void End(Step step, int number)
        {
            if (_out.Count == 0) return;
            var at = number % _out.Count;
            using var bundle = _out[at];
            _out.RemoveAt(at);
            if (step == Step.Drop) bundle.SettleDropped(DropReason.ConsumerFailed);
            if (step == Step.RejectOneAndDispose) bundle.Reject(DropReason.OutputFull, 1, 16);
            if (step != Step.HoldOneAndDispose) return;
            bundle.Hold(1, 16);
            if (bundle.SettleDelivered()) _held++;
        }
    }
}
