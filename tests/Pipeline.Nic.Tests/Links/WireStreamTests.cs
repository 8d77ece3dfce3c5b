using Pipeline.Nic.Links;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Whoever rings the bell of a wire wakes its thread.</summary>
public class WireStreamTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_ring_is_not_forgotten_when_the_socket_is_asked_for_room_before_the_thread_sleeps(bool always, bool forBell)
    {
        var (here, there) = LinkPair.Sockets();
        using var wire = new WireStream(here);
        var owner = new Owner(wire, always ? wire.Bell.RingAlways : wire.Bell.Ring);
        wire.Belong(owner);

        await Task.Run(forBell ? owner.SleepForBell : owner.Read).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(2, owner.Asked);
        there.Dispose();
    }

    /// <summary>Hears of new work while it does other work that is due.</summary>
    private sealed class Owner(WireStream wire, Action ring) : IWireOwner
    {
        public int Asked { get; private set; }

        public bool ReadsWhileWriting => false;

        public void Read() => Assert.Equal(0, wire.Read(new byte[1]));

        public void SleepForBell()
        {
            for (var most = 0; most >= 0;)
            {
                wire.Bell.Arm();
                most = BeforeWaitingToRead();
                if (most >= 0) wire.SleepForBell(most);
            }
        }

        public int BeforeWaitingToRead()
        {
            if (Asked++ > 0) return -1;
            ring();
            Assert.True(wire.IsWritable);
            return (int)TimeSpan.FromHours(1).TotalMilliseconds;
        }

        public bool MayGoOnWriting(bool isReadable) => true;
    }
}
