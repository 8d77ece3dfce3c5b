using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public sealed class DeparturesTests : IDisposable
{
    private const int Rounds = 200_000;

    private readonly ManyPacketPages _pages = new(pages: 1);

    public void Dispose() => _pages.Dispose();

    [Fact]
    public void A_wake_up_that_is_asked_for_while_an_earlier_one_comes_due_is_not_lost()
    {
        var bundle = _pages.Bundle(new PageShare(_pages.Pool, "route", 1), _pages.Rent(), 1);
        var departures = new Departures[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            departures[i] = new Departures();
            departures[i].Depart(bundle);
            departures[i].Depart(bundle);
            departures[i].WakeWhenOut(1, () => { });
        }

        var (asked, home) = (0, 0);
        var consumer = new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                WaitFor(ref asked, i);
                departures[i].Home();
                Volatile.Write(ref home, i + 1);
            }
        });
        consumer.Start();

        var lost = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var (mine, wokenAtEnd) = (departures[i], false);
            Volatile.Write(ref asked, i);
            mine.WakeWhenOut(0, () => wokenAtEnd = mine.Out == 0);
            WaitFor(ref home, i + 1);
            mine.Home();
            if (!wokenAtEnd) lost++;
        }

        consumer.Join();
        bundle.Departures = null;
        bundle.Dispose();
        Assert.Equal(0, lost);
    }

    private static void WaitFor(ref int progress, int value)
    {
        for (var wait = default(SpinWait); Volatile.Read(ref progress) < value;) wait.SpinOnce(sleep1Threshold: -1);
    }
}
