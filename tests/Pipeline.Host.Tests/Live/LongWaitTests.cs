using Pipeline.Host.Live;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class LongWaitTests
{
    [Theory]
    [InlineData(0, 0, 12, "12 seconds")]
    [InlineData(0, 2, 0, "2 minutes")]
    [InlineData(0, 119, 0, "119 minutes")]
    [InlineData(0, 120, 0, "2 hours")]
    [InlineData(3, 0, 0, "3 days")]
    [InlineData(19_710, 0, 0, "54 years")]
    public void A_wait_is_told_in_the_largest_unit_that_says_enough(int days, int minutes, int seconds, string expected) =>
        Assert.Equal(expected, LongWait.InWords(new TimeSpan(days, 0, minutes, seconds)));

    [Fact]
    public async Task A_long_wait_is_told_once()
    {
        using var nic = new WaitingNic(TimeSpan.FromHours(5), TimeSpan.FromHours(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("the next packet of old.pcapng is due in 5 hours; an interrupt ends the run\n", await Told(nic));
    }

    [Fact]
    public async Task Another_long_wait_is_told_again()
    {
        using var nic = new WaitingNic(TimeSpan.FromSeconds(20), null, TimeSpan.FromSeconds(15));
        Assert.Equal(2, (await Told(nic)).Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_short_wait_is_not_worth_a_line()
    {
        using var nic = new WaitingNic(TimeSpan.FromSeconds(9), null);
        Assert.Equal("", await Told(nic));
    }

    private static async Task<string> Told(WaitingNic nic)
    {
        using var said = new StringWriter { NewLine = "\n" };
        await LongWait.Tell(nic, said, nic.End, new Impatient());
        return said.ToString();
    }

    /// <summary>A source that waits for so long each time it is asked; with the last answer the run ends.</summary>
    private sealed class WaitingNic(params TimeSpan?[] waits) : INic
    {
        private readonly TaskCompletionSource _end = new();
        private int _asked;

        public Task End => _end.Task;

        public string Name => "old.pcapng";

        public IReadOnlyList<INicQueue> Queues => [];

        public IReadOnlyList<NicInterface> Interfaces => [];

        public TimeSpan? UntilNextPacket
        {
            get
            {
                var wait = waits[_asked++];
                if (_asked == waits.Length) _end.SetResult();
                return wait;
            }
        }

        public long BytesRead => 0;

        public long? BytesTotal => null;

        public void Dispose()
        {
        }
    }

    /// <summary>Every delay is over at once.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
