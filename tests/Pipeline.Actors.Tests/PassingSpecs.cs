using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Whole pipelines whose device leaves packets to the normal stack by itself: the books are those of a run without.</summary>
public sealed class PassingSpecs
{
    private const string Rules = """
        rule dns match 12:ffff:0800 23:ff:11 36:ffff:0035 mark 0x10
        rule web match 12:ffff:0800 23:ff:06 36:ffff:01bb mark 0x20
        rule odd match 29:01:01 mark 0x31
        rule ipv6 match 12:ffff:86dd mark 0x40
        """;

    private static readonly SimulatedOptions Options =
        new() { Packets = 4_000, Pages = 128, Flows = 300, Ring = 64, Profile = TrafficProfile.Mixed };

    private static readonly RouteOptions Everything = new() { To = "handler" };

    private static readonly RouteOptions CopyOfOdd = new() { To = "copies", Copy = true, Mark = 1, MarkMask = 1 };

    private static readonly RouteOptions Web = new() { To = "handler", Mark = 0x20, MarkMask = 0xf0 };

    private static readonly RouteOptions[][] Routings =
    [
        [],
        [Web],
        [CopyOfOdd, Web],
        [CopyOfOdd],
        [new() { To = "kernel", Mark = 0x30, MarkMask = 0x30 }, Everything],
        [new() { To = "stack", Mark = 0x10, MarkMask = 0x10 }, CopyOfOdd, Web, new() { To = "kernel" }],
        [Everything],
    ];

    private static readonly string[] AllFaults =
        ["stall 2 at 500 for 700", "overrun 1 at 500 for 100", "starve 0 at 1 for 50", "corrupt 3 at 1900 for 500", "flap at 100 for 20"];

    private static readonly Gen<string[]> Faults = Gen.OneOf(AllFaults).Array[0, 2];

    [Fact]
    public void By_any_routes_guards_faults_and_seed_the_books_and_what_arrives_are_those_of_a_run_without_it() =>
        Gen.Select(Gen.OneOf(Routings), Faults, Gen.Bool, Gen.OneOf(0, 2, 64), Gen.Long[0, 99]).Sample((routes, faults, guarded, u32, seed) =>
        {
            var options = Options with { U32Filters = u32, Seed = seed, Faults = [.. faults.Select(Fault)] };
            var (soft, hard) = (Run(Setup(options, routes, guarded, offload: false)), Run(Setup(options, routes, guarded, offload: true)));

            Assert.Equal(BooksOf(soft.View), BooksOf(hard.View));
            Assert.Equal(soft.Arrived, hard.Arrived);
            Assert.Equal(default, soft.View.Ledger.PassedByDevice);
        }, iter: 12);

    [Fact]
    public void All_that_can_only_go_to_the_stack_is_passed_by_the_device()
    {
        var (view, _) = Run(Setup(Options, [CopyOfOdd, Web], guarded: true, offload: true));

        var (odd, web) = (view.Rules[2].Matched, view.Rules[1].Matched);
        Assert.Equal(view.Ledger.Received - odd - web, view.Ledger.PassedByDevice);
        Assert.True(view.Ledger.PassedByDevice.Packets > 1_000 && odd.Packets > 100, view.Ledger.ToString());
        Assert.Equal(view.Ledger.PassedByDevice.Packets, view.Queues.Sum(q => q.PassedByDevice.Packets));
        Assert.Equal(view.Ledger.Received.Packets, view.Selected);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void The_device_passes_nothing_while_an_expression_selects()
    {
        PassesNothing(s => s with { Expression = PacketFilter.Create("udp") });
        var selected = new RouteOptions { To = "copies", OnlySelected = true };
        PassesNothing(s => WithRoutes(s with { Expression = PacketFilter.Create("udp") }, selected));
    }

    public static TheoryData<string, Func<PipelineSetup, PipelineSetup>> Wanting => new()
    {
        { "a number of packets", s => s with { StopAfterPackets = 1_000_000 } },
        { "a file for all packets", s => WithRoutes(s, new RouteOptions { To = "copies", OnlySelected = true }) },
        { "a copy of all packets", s => WithRoutes(s, new RouteOptions { To = "copies", Copy = true }) },
        { "a consumer in the stack's place", s => s with { Handlers = With(s.Handlers, "stack", () => new CountConsumer()) } },
    };

    [Theory]
    [MemberData(nameof(Wanting))]
    public void The_device_passes_nothing_that_is_wanted_by(string what, Func<PipelineSetup, PipelineSetup> change)
    {
        Assert.NotEmpty(what);
        PassesNothing(change);
    }

    private static void PassesNothing(Func<PipelineSetup, PipelineSetup> change)
    {
        var (soft, _) = Run(change(Setup(Options, [], guarded: false, offload: false)));
        var (hard, _) = Run(change(Setup(Options, [], guarded: false, offload: true)));

        Assert.Equal(default, hard.Ledger.PassedByDevice);
        Assert.Equal(BooksOf(soft), BooksOf(hard));
    }

    [Fact]
    public async Task Rules_that_change_while_the_device_passes_lose_no_count_and_no_reading_sees_more_matched_than_received()
    {
        const string kept = "rule kept match 29:01:01 mark 1\n";
        var marked = new RouteOptions { To = "handler", Mark = 2, MarkMask = 2, Overload = Overload.Wait };
        var setup = Setup(Options with { Packets = null, Queues = 2 }, [marked], guarded: false, offload: true);
        await using var run = PipelineRun.Start(setup with { Rules = RuleTexts.Set(kept) });
        var (before, faults) = (0L, new List<string>());

        for (var i = 0; i < 60; i++)
        {
            var changing = run.ApplyRules($"rule new-{i} match 29:03:02 mark 2\n{kept}", "swap.rules", "test");
            while (!changing.IsCompleted)
            {
                var view = run.View();
                var now = view.Rules.Single(r => r.Name == "kept").Matched.Packets;
                if (now < before) faults.Add($"kept fell from {before} to {now}");
                if (Matched(view).Packets > view.Ledger.Received.Packets) faults.Add($"{Matched(view)} matched of {view.Ledger.Received}");
                if (!view.Balanced) faults.Add(view.Ledger.ToString());
                before = now;
            }

            Assert.Equal(RuleOutcome.Applied, (await changing).Outcome);
        }

        run.Drain();
        var last = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Empty(faults);
        Assert.True(last.Balanced, last.Ledger.ToString());
        Assert.Equal(last.Ledger.Received, Matched(last));
        Assert.NotEqual(default, last.Ledger.PassedByDevice);
    }

    private static PacketTally Matched(PipelineView view) =>
        view.Rules.Aggregate(view.Unmatched + view.EarlierRules, (sum, rule) => sum + rule.Matched);

    private static SimulatedFault Fault(string text) =>
        FaultReader.TryRead(text, out var fault, out _) ? fault : throw new ArgumentException(text);

    private static (PipelineView View, IReadOnlyList<string> Arrived) Run(PipelineSetup setup)
    {
        var arrived = new List<string>();
        var handlers = With(With(setup.Handlers, "handler", () => new NotingConsumer(arrived)), "copies", () => new NotingConsumer(arrived));
        var run = PipelineRun.Start(setup with { Handlers = handlers });
        var outcome = run.Completion.WaitAsync(Runs.Patience).GetAwaiter().GetResult();
        run.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.True(outcome.View.Balanced, outcome.View.Ledger.ToString());
        Assert.Empty(outcome.Faults);
        arrived.Sort(StringComparer.Ordinal);
        return (outcome.View, arrived);
    }

    /// <summary>All accounts, but for bundles and for what the stack's own consumers saw.</summary>
    private static string BooksOf(PipelineView view)
    {
        var books = view.Ledger;
        return string.Join(
            '\n',
            [
                $"{books.Received} {books.Delivered} {books.Passed} {books.Dropped} selected {view.Selected}",
                $"copies {books.CopiesDelivered} {books.CopiesDropped}",
                string.Join(", ", books.DeviceLost),
                .. view.Queues.Select(q => $"{q.Name} {q.Received} {string.Join(", ", q.Lost)}"),
                .. view.Rules.Select(r => $"{r.Name} {r.Matched}"),
                .. view.Guards.Select(g => $"{g.Name} {g.Kept}"),
                $"unmatched {view.Unmatched}",
                .. view.Consumers.Where(c => c.Kind != "stack").Select(c => $"{c.Name} {c.Delivered}"),
            ]);
    }

    private static PipelineSetup WithRoutes(PipelineSetup setup, params RouteOptions[] routes) =>
        setup with { Options = setup.Options with { Routes = routes } };

    private static Dictionary<string, Func<IPacketConsumer>> With(
        IReadOnlyDictionary<string, Func<IPacketConsumer>> all, string name, Func<IPacketConsumer> make) => new(all) { [name] = make };

    private static PipelineSetup Setup(SimulatedOptions options, IReadOnlyList<RouteOptions> routes, bool guarded, bool offload) => new()
    {
        Nic = SimulatedNic.Open(options),
        Rules = RuleTexts.Set(Rules),
        KeepOut = guarded ? new GuardPorts { Ssh = [22] } : null,
        Options = new PipelineOptions
        {
            Source = new SourceOptions { Sim = options, Offload = offload },
            Routes = routes,
            Consumers = new Dictionary<string, ConsumerOptions>
            {
                ["handler"] = Runs.Bypass("handler"),
                ["copies"] = Runs.Bypass("copies"),
                ["kernel"] = new() { Name = "kernel", Kind = ConsumerKind.Stack },
            },
        },
        Handlers = new Dictionary<string, Func<IPacketConsumer>> { ["handler"] = () => new CountConsumer() },
    };
}
