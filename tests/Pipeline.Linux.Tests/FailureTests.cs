using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>What happens to an interface does not end a run: it says so, waits, goes on, and its books balance.</summary>
public sealed class FailureTests : IDisposable
{
    private const string Near = TwoHosts.Near;

    private readonly TemporaryFolder _folder = new();
    private readonly TwoHosts _hosts = null!;

    public FailureTests()
    {
        if (Environment.UserName == "root") _hosts = new TwoHosts();
    }

    public void Dispose()
    {
        _hosts?.Dispose();
        _folder.Dispose();
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    [InlineData(null)]
    public async Task Down_deleted_renamed_and_moved_away_are_said_waited_for_and_survived(string? mode)
    {
        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, mode, Setup.All));
        await run.IsReady();
        await Comes(run);

        _hosts.Ip("link", "set", Near, "down");
        await run.Says($"{Near}:0: {Near} is down; waiting for it");
        _hosts.Ip("link", "set", Near, "up");
        await IsBack(run);

        _hosts.DeleteWire();
        await run.Says($"{Near}:0: there is no interface {Near}; waiting for it");
        _hosts.MakeWire();
        await IsBack(run);

        await Renamed(run, mode);
        await MovedAway(run, mode);

        var report = await run.End();
        Assert.Equal(report.Ledger("delivered"), report.Packets("rules", "all"));
        Assert.Equal(0, report.Ledger("dropped"));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    [InlineData(null)]
    public async Task While_the_other_end_is_down_or_the_mtu_changes_a_run_goes_on(string? mode)
    {
        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, mode, Setup.All));
        await run.IsReady();

        _hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "down");
        _hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "up");
        _hosts.AwaitCarrier();
        await Comes(run);

        _hosts.Ip("link", "set", Near, "mtu", "9000");
        _hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "mtu", "9000");
        await Comes(run);
        var before = Seen(await run.Snapshot());
        _hosts.Send(Frames.Udp(_hosts, 4000, 9000, 8000), 10);
        await run.Shows(s => Seen(s) + s.Ledger("deviceLost") >= before + 10);

        await run.End();
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    public async Task A_second_run_on_the_interface_ends_with_69_and_names_the_first_which_goes_on(string mode)
    {
        var configuration = Setup.Write(_folder, mode, Setup.All);
        using var run = LiveRun.Start(_hosts.Here, "--config", configuration);
        await run.IsReady();

        var second = LiveRun.Run(_hosts.Here, "run", "--config", configuration, "--dashboard", "off");

        Assert.Equal(69, second.ExitCode);
        Assert.Matches(
            $@"error: {Near} has XDP program \d+ already, which dotnet \(process {run.Id}\) holds; "
                + $@"an interface has one, so end that process first \(kill {run.Id}\)\n$",
            second.Errors);
        Assert.Contains($"by dotnet (process {run.Id})", LiveRun.Run(_hosts.Here, "doctor", "-i", $"{Near}:afxdp").Output);
        await Comes(run);
        await run.End();
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    [InlineData(null)]
    public async Task A_program_that_was_stopped_for_a_while_counts_every_packet_that_it_missed(string? mode)
    {
        const int sent = 8000;
        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, mode, "rule sent match l4+2:ffff:2328 mark 1\n"));
        await run.IsReady();

        run.Signal("STOP");
        _hosts.Send(Frames.Udp(_hosts, 4000, 9000), sent);
        run.Signal("CONT");
        await run.Shows(s => s.Packets("rules", "sent") + s.Ledger("deviceLost") + _hosts.FarDrops >= sent);

        var report = await run.End();
        // The ring of a copy has room for all of them; the pages of a queue that takes have not.
        if (mode is not null) Assert.True(report.Ledger("deviceLost") > 0, run.Errors);
        Assert.InRange(report.Packets("rules", "sent")!.Value, 1, sent);
    }

    /// <summary>Packets are taken from an interface whatever its name becomes. They are copied of the one that has the name.</summary>
    private async Task Renamed(LiveRun run, string? mode)
    {
        _hosts.Ip("link", "set", Near, "down");
        _hosts.Ip("link", "set", Near, "name", "other0");
        _hosts.Ip("link", "set", "other0", "up");
        if (mode is null) await run.Says($"{Near}:0: there is no interface {Near}; waiting for it");
        else await Comes(run);
        _hosts.Ip("link", "set", "other0", "down");
        _hosts.Ip("link", "set", "other0", "name", Near);
        _hosts.Ip("link", "set", Near, "up");
        if (mode is null) await run.Says("gives packets again");
        await Comes(run);
    }

    private async Task MovedAway(LiveRun run, string? mode)
    {
        using var elsewhere = new NetworkNamespace();
        _hosts.Ip("link", "set", Near, "netns", elsewhere.Name);
        await run.Says($"there is no interface {Near}; waiting for it");
        await Soon.Holds(() => _hosts.UseOf(elsewhere, Near) == (null, 0), () => $"{mode}: {_hosts.UseOf(elsewhere, Near)}");

        elsewhere.Inside("ip", "link", "set", Near, "netns", _hosts.Here.Name);
        _hosts.Ip("link", "set", Near, "up");
        await IsBack(run);
    }

    private async Task IsBack(LiveRun run)
    {
        await run.Says("gives packets again");
        await Comes(run);
    }

    /// <summary>Ten packets more are seen. They are sent until then, because an end that has just come up loses some.</summary>
    private async Task Comes(LiveRun run)
    {
        var packet = Frames.Ethernet(Frames.Everyone, [2, 0, 0, 0, 0, 1], 0x88b5, new byte[46]);
        var before = Seen(await run.Snapshot());
        await Soon.Holds(async () =>
        {
            _hosts.Send(packet);
            return Seen(await run.Snapshot()) >= before + 10;
        });
    }

    private static long Seen(JsonElement snapshot) => snapshot.Packets("rules", "all")!.Value;
}
