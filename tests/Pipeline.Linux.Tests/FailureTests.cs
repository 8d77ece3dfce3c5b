using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>What happens to an interface does not end a run: it says so, waits, goes on, and its books balance.</summary>
public sealed class FailureTests : OnTwoHosts
{
    private const string Near = TwoHosts.Near;

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    [InlineData(null)]
    public async Task Down_deleted_renamed_and_moved_away_are_said_waited_for_and_survived(string? mode)
    {
        using var run = LiveRun.Start(Hosts.Here, "--config", Setup.Write(Folder, mode, Setup.All));
        await run.IsReady();
        await Comes(run);

        Hosts.Ip("link", "set", Near, "down");
        await run.Says($"{Near}:0: {Near} is down; waiting for it");
        Hosts.Ip("link", "set", Near, "up");
        await IsBack(run);

        Hosts.DeleteWire();
        await run.Says($"{Near}:0: there is no interface {Near}; waiting for it");
        Hosts.MakeWire();
        await IsBack(run);

        await Renamed(run, mode);
        await MovedAway(run, mode);

        var report = await run.End();
        Assert.Equal(report.Ledger("delivered"), report.Packets("rules", "all"));
        Assert.Equal(0, report.Ledger("dropped"));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    [InlineData(null)]
    public async Task While_the_other_end_is_down_or_the_mtu_changes_a_run_goes_on(string? mode)
    {
        using var run = LiveRun.Start(Hosts.Here, "--config", Setup.Write(Folder, mode, Setup.All));
        await run.IsReady();

        Hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "down");
        Hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "up");
        Hosts.AwaitCarrier();
        await Comes(run);

        Hosts.Ip("link", "set", Near, "mtu", "9000");
        Hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "mtu", "9000");
        await Comes(run);
        var before = Seen(await run.Snapshot());
        Hosts.Send(Frames.Udp(Hosts, 4000, 9000, 8000), 10);
        await run.Shows(s => Seen(s) + s.Ledger("deviceLost") >= before + 10);

        await run.End();
    }

    /// <summary>Packets are taken from an interface whatever its name becomes. They are copied of the one that has the name.</summary>
    private async Task Renamed(LiveRun run, string? mode)
    {
        Hosts.Ip("link", "set", Near, "down");
        Hosts.Ip("link", "set", Near, "name", "other0");
        Hosts.Ip("link", "set", "other0", "up");
        if (mode is null) await run.Says($"{Near}:0: there is no interface {Near}; waiting for it");
        else await Comes(run);
        Hosts.Ip("link", "set", "other0", "down");
        Hosts.Ip("link", "set", "other0", "name", Near);
        Hosts.Ip("link", "set", Near, "up");
        if (mode is null) await run.Says("gives packets again");
        await Comes(run);
    }

    private async Task MovedAway(LiveRun run, string? mode)
    {
        using var elsewhere = new NetworkNamespace();
        Hosts.Ip("link", "set", Near, "netns", elsewhere.Name);
        await run.Says($"there is no interface {Near}; waiting for it");
        await Soon.Holds(() => Hosts.UseOf(elsewhere, Near) == (null, 0), () => $"{mode}: {Hosts.UseOf(elsewhere, Near)}");

        elsewhere.Inside("ip", "link", "set", Near, "netns", Hosts.Here.Name);
        Hosts.Ip("link", "set", Near, "up");
        await IsBack(run);
    }

    private async Task IsBack(LiveRun run)
    {
        await run.Says("gives packets again");
        await Comes(run);
    }
}
