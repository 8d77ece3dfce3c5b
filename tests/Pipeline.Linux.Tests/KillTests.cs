using System.Diagnostics;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Linux.Tests;

/// <summary>The program has no chance to tidy up. The kernel does it.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 100 : 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    public async Task Killed_under_load_it_leaves_the_interface_as_it_was_and_the_next_takes_packets_at_once(string mode)
    {
        using var hosts = new TwoHosts();
        var configuration = Setup.Write(_folder, mode, "rule load match l4+2:ffff:2328 mark 1\n");
        var before = hosts.State();
        var attached = new List<double>();
        await using var load = hosts.Load(9000);

        for (var i = 0; i < Kills; i++)
        {
            using var run = LiveRun.Start(hosts.Here, "--config", configuration);
            await run.Says("afxdp takes");
            var since = Stopwatch.GetTimestamp();
            await run.Says($"XDP is {mode}");
            attached.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            await run.Shows(s => s.Packets("consumers", "taken") > 0);
            await run.Kill();

            // Every second time the next begins while the kernel still tidies up.
            if (i % 2 == 0) await Soon.Holds(() => hosts.State() == before, () => $"{before}\nnow\n{hosts.State()}");
        }

        await Soon.Holds(() => hosts.State() == before, () => $"{before}\nnow\n{hosts.State()}");
        var (median, longest) = (attached.Order().ElementAt(Kills / 2), attached.Max());
        output.WriteLine($"{mode}: from what is said before attaching to attached: median {median:0.00} s, longest {longest:0.00} s");
    }

    [FactThatNeeds(Need.Root)]
    public async Task Killed_while_it_copies_it_leaves_no_promiscuous_interface()
    {
        using var hosts = new TwoHosts();
        var before = hosts.State();
        await using var load = hosts.Load(9000);
        using var run = LiveRun.Start(hosts.Here, "--config", Setup.Write(_folder, null, Setup.All));
        await run.IsReady();
        Assert.Equal(1, hosts.UseOf(hosts.Here, TwoHosts.Near).Promiscuity);

        await run.Kill();

        await Soon.Holds(() => hosts.State() == before, () => $"{before}\nnow\n{hosts.State()}");
    }
}
