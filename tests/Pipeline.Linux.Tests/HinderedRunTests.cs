using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>What others do to a run: they start a second one on its interface, they stop its program for a while.</summary>
public sealed class HinderedRunTests : OnTwoHosts
{
    private const string Near = TwoHosts.Near;

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    public async Task A_second_run_on_the_interface_ends_with_69_and_names_the_first_which_goes_on(string mode)
    {
        var configuration = Setup.Write(Folder, mode, Setup.All);
        using var run = LiveRun.Start(Hosts.Here, "--config", configuration);
        await run.IsReady();

        var second = LiveRun.Run(Hosts.Here, "run", "--config", configuration, "--dashboard", "off");

        Assert.Equal(69, second.ExitCode);
        Assert.Matches(
            $@"error: {Near} has XDP program \d+ already, which dotnet \(process {run.Id}\) holds; "
                + $@"an interface has one, so end that process first \(kill {run.Id}\)\n$",
            second.Errors);
        Assert.Contains($"by dotnet (process {run.Id})", LiveRun.Run(Hosts.Here, "doctor", "-i", $"{Near}:afxdp").Output);
        await Comes(run);
        await run.End();
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    [InlineData(null)]
    public async Task A_program_that_was_stopped_for_a_while_counts_every_packet_that_it_missed(string? mode)
    {
        const int sent = 8000;
        using var run = LiveRun.Start(Hosts.Here, "--config", Setup.Write(Folder, mode, "rule sent match l4+2:ffff:2328 mark 1\n"));
        await run.IsReady();

        run.Signal("STOP");
        Hosts.Send(Frames.Udp(Hosts, 4000, 9000), sent);
        run.Signal("CONT");
        await run.Shows(s => s.Packets("rules", "sent") + s.Ledger("deviceLost") + Hosts.FarDrops >= sent);

        var report = await run.End();
        // The ring of a copy has room for all of them; the pages of a queue that takes have not.
        if (mode is not null) Assert.True(report.Ledger("deviceLost") > 0, run.Errors);
        Assert.InRange(report.Packets("rules", "sent")!.Value, 1, sent);
    }
}
