using System.Collections.Concurrent;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Whole pipelines whose guards keep packets out.</summary>
public sealed class KeepOutSpecs
{
    private const string Rules = """
        rule ipv4 match 12:ffff:0800 mark 0x10
        rule ipv6 match 12:ffff:86dd mark 0x20
        """;

    private static readonly SimulatedOptions Mixed = new() { Packets = 20_000, Flows = 300, Profile = TrafficProfile.Mixed };

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Every_packet_is_a_guards_or_a_rules_or_unmatched_also_where_the_device_marks(bool offload, bool copies)
    {
        var seen = new ConcurrentDictionary<PacketFlags, int>();
        var setup = Setup(Rules, seen, offload);
        if (!copies) setup = setup with { Options = setup.Options with { Routes = [.. setup.Options.Routes.Where(r => !r.Copy)] } };
        await using var run = PipelineRun.Start(setup);

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;

        Assert.True(view.Balanced);
        Assert.Equal(view.Ledger.Received.Packets, Sum(view));
        Assert.All(["arp", "ssh"], name => Assert.NotEqual(0, view.Guards.Single(g => g.Name == name).Kept.Packets));
        Assert.Equal(view.Guards.Sum(g => g.Kept.Packets), view.Ledger.Passed.Packets);
        Assert.DoesNotContain(seen.Keys, flags => (flags & PacketFlags.KeptOut) != 0);
    }

    [Fact]
    public async Task A_new_generation_lifts_a_guard_and_the_books_go_on()
    {
        var seen = new ConcurrentDictionary<PacketFlags, int>();
        await using var run = PipelineRun.Start(Setup(Rules, seen, offload: false) with { Nic = SimulatedNic.Open(Mixed with { Packets = long.MaxValue }) });

        var change = await run.ApplyRules("keep-out off arp\n" + Rules, "t.rules", "test");
        run.Drain();
        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;

        Assert.True(change.Delta.GuardsChanged);
        Assert.DoesNotContain("arp", view.Guards.Select(g => g.Name));
        Assert.Equal(view.Ledger.Received.Packets, Sum(view));
    }

    [Fact]
    public async Task Without_guards_nothing_is_said_of_them()
    {
        await using var run = PipelineRun.Start(Setup(Rules, [], offload: false) with { KeepOut = null });

        Assert.Empty((await run.Completion.WaitAsync(Runs.Patience)).View.Guards);
    }

    private static long Sum(PipelineView view) =>
        view.Guards.Sum(g => g.Kept.Packets) + view.Rules.Sum(r => r.Matched.Packets) + view.Unmatched.Packets + view.EarlierRules.Packets;

    private static PipelineSetup Setup(string rules, ConcurrentDictionary<PacketFlags, int> seen, bool offload) => new()
    {
        Nic = SimulatedNic.Open(Mixed),
        Rules = RuleParser.Parse(new SourceText("t.rules", rules), out _)!,
        KeepOut = new GuardPorts { Ssh = [22] },
        Options = new PipelineOptions
        {
            Source = new SourceOptions { Sim = Mixed, Offload = offload },
            Routes = [new RouteOptions { To = "everything", Copy = true }, new RouteOptions { To = "everything" }],
            Consumers = new Dictionary<string, ConsumerOptions> { ["everything"] = Runs.Bypass("everything") },
        },
        Handlers = new Dictionary<string, Func<IPacketConsumer>> { ["everything"] = () => new Seeing(seen) },
    };

    /// <summary>Notes the flags of all that comes.</summary>
    private sealed class Seeing(ConcurrentDictionary<PacketFlags, int> seen) : IPacketConsumer
    {
        public void Consume(scoped PacketBatch batch)
        {
            foreach (ref readonly var packet in batch.Packets) seen.AddOrUpdate(packet.Flags, 1, (_, count) => count + 1);
        }

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}
