using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Replay;

public sealed class TimedReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly BundlePool _bundles = new(64);
    private readonly PacketAccount _account = new("test", AccountKind.Consumer);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_packet_is_due_at_once_and_the_others_as_far_apart_as_they_were()
    {
        using var nic = Replay(1, 10, 10, 12);

        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
        Assert.Equal((ReceiveStatus.Empty, 0), Receive(nic));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((ReceiveStatus.Received, 1), Receive(nic));
        Assert.Equal((ReceiveStatus.End, 0), Receive(nic));
        Assert.Equal(0, nic.Queues[0].Pool.Outstanding);
    }

    [Fact]
    public void Twice_the_speed_is_half_the_time()
    {
        using var nic = Replay(2, 10, 12);
        Receive(nic);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((ReceiveStatus.Received, 1), Receive(nic));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Where_the_clock_stepped_back_packets_keep_their_distances(double speed)
    {
        using var nic = Replay(speed, 100, 101, 3, 5, 1, 2);

        Assert.Equal([0, 1, 1, 3, 3, 4], DueTimes(nic, 6).Select(s => s * speed));
    }

    [Fact]
    public void Where_it_steps_back_with_every_packet_each_is_due_at_once()
    {
        using var nic = Replay(1, 10, 9, 8, 10);

        Assert.Equal([0, 0, 0, 2], DueTimes(nic, 4));
    }

    [Fact]
    public void Packets_a_little_out_of_order_shift_nothing()
    {
        using var nic = Replay(1, InMilliseconds(0, (10_000, 0), (9_980, 0), (11_000, 0), (10_990, 0), (12_000, 0)));

        Assert.Equal([0, 0, 1, 1, 2], DueTimes(nic, 5));
    }

    [Fact]
    public void Interfaces_whose_clocks_differ_go_by_their_own()
    {
        using var nic = Replay(1, InMilliseconds(1_700_000_000_000, (0, 0), (-1_699_999_900_000, 1), (1_000, 0), (-1_699_999_898_000, 1), (3_000, 0)));

        Assert.Equal([0, 0, 1, 2, 3], DueTimes(nic, 5));
    }

    [Fact]
    public void An_interface_whose_clock_is_years_ahead_does_not_hold_up_the_others()
    {
        using var nic = Replay(1, InMilliseconds(100_000, (0, 0), (1_700_000_000_000, 1), (1_000, 0), (1_700_000_002_000, 1)));

        Assert.Equal([0, 0, 1, 2], DueTimes(nic, 4));
    }

    [Fact]
    public void Interfaces_of_one_clock_step_back_together()
    {
        using var nic = Replay(1, InMilliseconds(1_000_000, (0, 0), (1_000, 1), (-50_000, 0), (-49_500, 1), (-49_000, 0)));

        Assert.Equal([0, 1, 1, 1.5, 2], DueTimes(nic, 5));
    }

    [Fact]
    public void Packets_without_a_time_are_due_with_those_in_front_of_them()
    {
        var capture = new CaptureBytes().Section().Interface().Simple(1, [1]).Enhanced(0, 5_000_000, [1]).Simple(1, [1]).Enhanced(0, 7_000_000, [1]).Simple(1, [1]);
        using var nic = Replay(1, capture);

        Assert.Equal([0, 0, 0, 2, 2], DueTimes(nic, 5));
    }

    [Fact]
    public void It_says_how_long_it_will_be_silent()
    {
        using var nic = Replay(1, 10, 1_000_000_010);
        Assert.Null(nic.UntilNextPacket);
        Receive(nic);
        Receive(nic);
        nic.Queues[0].WakeWhenReady(() => { });
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(999_999_999), nic.UntilNextPacket);
    }

    [Fact]
    public void It_wakes_when_the_next_packet_is_due()
    {
        using var nic = Replay(1, 10, 13);
        Receive(nic);
        var woken = 0;
        nic.Queues[0].WakeWhenReady(() => woken++);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, woken);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(1, woken);
        Assert.Equal((ReceiveStatus.Received, 1), Receive(nic));
    }

    [Fact]
    public void Packets_that_were_not_due_yet_go_home_when_it_closes()
    {
        var nic = Replay(1, 10, 1000);
        Receive(nic);

        nic.Dispose();

        Assert.Equal(0, nic.Queues[0].Pool.Outstanding);
        Assert.Equal(0, nic.Queues[0].DeviceShare.Charged);
        Assert.Equal(1, _account.DeliveredTally.Packets);
    }

    [Fact]
    public void A_pool_with_a_packet_to_a_page_moves_its_pages()
    {
        using var queue = new TimedReplayQueue(new OnePacketPages([10, 11, 1000]), 1, _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Receive(queue).Packets);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Receive(queue).Packets);

        queue.Dispose();

        Assert.Equal((0, 0), (queue.Pool.Outstanding, queue.DeviceShare.Charged));
    }

    /// <summary>Seconds after the start at which each packet came, in steps of 1/8.</summary>
    private List<double> DueTimes(TimedReplayNic nic, int packets)
    {
        var due = new List<double>();
        for (var eighths = 0; due.Count < packets && eighths < 1000;)
        {
            var (status, count) = Receive(nic);
            due.AddRange(Enumerable.Repeat(eighths / 8.0, count));
            if (status != ReceiveStatus.Empty) continue;
            _time.Advance(TimeSpan.FromSeconds(0.125));
            eighths++;
        }

        return due;
    }

    /// <summary>A capture of two interfaces.</summary>
    private static CaptureBytes InMilliseconds(long start, params (long After, uint From)[] packets)
    {
        var capture = new CaptureBytes().Section().Interface().Interface();
        foreach (var (after, from) in packets) capture.Enhanced(from, (ulong)(start + after) * 1000, [1, 2, 3]);
        return capture;
    }

    private TimedReplayNic Replay(double speed, params uint[] seconds)
    {
        var capture = new CaptureBytes().PcapHeader();
        foreach (var second in seconds) capture.PcapRecord(second, 0, [1, 2, 3]);
        return Replay(speed, capture);
    }

    private TimedReplayNic Replay(double speed, CaptureBytes capture)
    {
        File.WriteAllBytes(_folder["x"], capture.ToArray());
        return new TimedReplayNic(CaptureFileNic.Open(_folder["x"], 4096, 2), speed, _time);
    }

    private (ReceiveStatus Status, int Packets) Receive(TimedReplayNic nic) => Receive(nic.Queues[0]);

    private (ReceiveStatus Status, int Packets) Receive(INicQueue queue)
    {
        using var bundle = _bundles.Rent(queue.DeviceShare, _account, NicInterface.Unknown);
        return (queue.Receive(bundle), bundle.Count);
    }

    /// <summary>A device with one packet to a page that gives out all it has in one bundle.</summary>
    private sealed class OnePacketPages(uint[] seconds) : INicQueue
    {
        private readonly PacketPagePool _pool = new("test", 64, 8);
        private bool _ended;

        public string Name => "test";

        public PagePool Pool => _pool;

        public PageShare DeviceShare => _pool.Device;

        public ReceiveStatus Receive(PageBundle bundle)
        {
            if (_ended) return ReceiveStatus.End;
            _ended = true;
            foreach (var second in seconds)
            {
                Assert.True(_pool.TryRent(out var page));
                DeviceShare.Take(page, 1);
                bundle.Append(new Packet { TimestampNanoseconds = second * 1_000_000_000L, Offset = _pool.OffsetOf(page), CapturedLength = 1 });
            }

            return ReceiveStatus.Received;
        }

        public void WakeWhenReady(Action wake) => wake();

        public void ReadLosses(QueueAccount account)
        {
        }

        public void Dispose() => _pool.Dispose();
    }
}
