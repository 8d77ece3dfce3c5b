using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class ForwardConsumerTests : IDisposable
{
    private readonly PacketPagePool _pool = new("forward", 64, 8, new PoolAudit());
    private readonly BundlePool _bundles = new(4);
    private readonly PacketAccount _account = new("guests", AccountKind.Consumer);
    private readonly FakeTransmitter _device = new(ring: 2);
    private readonly ForwardConsumer _forward;

    public ForwardConsumerTests() => _forward = new ForwardConsumer(_device);

    public void Dispose()
    {
        _forward.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Fact]
    public void A_bundle_is_delivered_at_completion_and_not_before()
    {
        Assert.True(_forward.TryTake(Bundle(3)));
        Assert.Equal((0, 3, 1), (_account.DeliveredTally.Packets, _pool.Outstanding, _forward.InFlight));

        _forward.Flush();

        Assert.Equal((3, 0, 0), (_account.DeliveredTally.Packets, _pool.Outstanding, _forward.InFlight));
    }

    [Fact]
    public void What_the_ring_has_no_room_for_is_dropped_as_tx_full()
    {
        _forward.TryTake(Bundle(1));
        _forward.TryTake(Bundle(1));
        using (var bundle = Bundle(2))
        {
            Assert.False(_forward.TryTake(bundle));
            _forward.Consume(new PacketBatch(bundle));
        }

        Assert.Equal((0, 2), (_account.DeliveredTally.Packets, _account.DroppedTally(DropReason.TxFull).Packets));
    }

    [Fact]
    public void What_is_still_on_its_way_at_the_end_is_lost_to_the_shutdown()
    {
        _forward.TryTake(Bundle(2));

        _forward.Dispose();

        Assert.Equal(2, _account.DroppedTally(DropReason.Shutdown).Packets);
    }

    [Theory]
    [InlineData("if:guest0", TransmitKind.Interface, "guest0")]
    [InlineData("tap:tap-7.1", TransmitKind.Tap, "tap-7.1")]
    [InlineData("if:fifteen-letters", TransmitKind.Interface, "fifteen-letters")]
    public void A_target_is_read_and_written(string text, TransmitKind kind, string name)
    {
        var target = TransmitTarget.TryParse(text);

        Assert.Equal(new TransmitTarget(kind, name), target);
        Assert.Equal(text, target!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("guest0")]
    [InlineData("if:")]
    [InlineData("If:guest0")]
    [InlineData("if:sixteen-letters-")]
    [InlineData("if:a/b")]
    [InlineData("if:a b")]
    [InlineData("if:a:b")]
    [InlineData("if:..")]
    [InlineData("eth:guest0")]
    public void What_is_no_target_is_none(string text) => Assert.Null(TransmitTarget.TryParse(text));

    private PageBundle Bundle(int packets)
    {
        var bundle = _bundles.Rent(_pool.Device, _account, new NicInterface(0, "eth0", LinkType.Ethernet, 0));
        for (var i = 0; i < packets; i++)
        {
            Assert.True(_pool.TryRent(out var page));
            _pool.Device.Take(page, 1);
            bundle.Append(new Packet { Offset = _pool.OffsetOf(page), CapturedLength = 64, WireLength = 64 });
        }

        return bundle;
    }

    /// <summary>Sends when it is asked to reap, as many bundles as its ring holds.</summary>
    private sealed class FakeTransmitter(int ring) : ITransmitter
    {
        private readonly Queue<PageBundle> _ring = new();

        public string Name => "if:fake";

        public int InFlight => _ring.Count;

        public bool TryTransmit(PageBundle bundle)
        {
            if (_ring.Count == ring) return false;
            _ring.Enqueue(bundle);
            return true;
        }

        public void Reap()
        {
            while (_ring.TryDequeue(out var bundle))
            {
                bundle.SettleDelivered();
                bundle.Dispose();
            }
        }

        public void Dispose()
        {
            while (_ring.TryDequeue(out var bundle))
            {
                bundle.SettleDropped(DropReason.Shutdown);
                bundle.Dispose();
            }
        }
    }
}
