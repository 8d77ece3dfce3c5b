using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Whole pipelines on a simulated NIC: what they deliver and what their books say follows from the seed alone.</summary>
public sealed class SimulatedRunSpecs
{
    private const string Rules = """
        rule dns match 12:ffff:0800 23:ff:11 36:ffff:0035 mark 0x10
        rule web match 12:ffff:0800 23:ff:06 36:ffff:01bb mark 0x20
        rule ping match l3+9:ff:01 mark 0x30 continue
        rule ipv6 match 12:ffff:86dd mark 0x40
        """;

    private static readonly SimulatedOptions Options = new() { Packets = 20_000, Pages = 128, Flows = 300 };

    [Fact]
    public async Task Two_runs_with_one_seed_deliver_the_same_bytes_and_keep_the_same_books()
    {
        var one = await Run(Options);
        var other = await Run(Options);

        Assert.Equal(one.Hash, other.Hash);
        Assert.Equal(one.Books, other.Books);
    }

    [Fact]
    public async Task Another_seed_delivers_other_bytes()
    {
        var one = await Run(Options);
        var other = await Run(Options with { Seed = 2 });

        Assert.NotEqual(one.Hash, other.Hash);
    }

    [Theory]
    [InlineData("stall 2 at 5000 for 2000", DeviceLoss.RingFull)]
    [InlineData("overrun 1 at 5000 for 100", DeviceLoss.RingFull)]
    [InlineData("starve 0 at 1 for 500", DeviceLoss.NoPage)]
    [InlineData("corrupt 3 at 19000", DeviceLoss.InvalidDescriptor)]
    [InlineData("flap at 100 for 20", DeviceLoss.InterfaceDrops)]
    public async Task A_fault_ends_in_balanced_books_with_the_loss_under_its_name(string fault, DeviceLoss loss)
    {
        Assert.True(FaultReader.TryRead(fault, out var read, out _));

        var run = await Run(Options with { Ring = 64, Faults = [read] });

        var lost = Assert.Single(run.Outcome.View.Ledger.DeviceLost);
        Assert.Equal(loss, lost.Key);
        Assert.Equal(Options.Packets, run.Outcome.View.Ledger.Received.Packets + lost.Value);
    }

    [Fact]
    public async Task On_the_virtual_clock_a_slow_consumer_loses_nothing_unless_its_route_says_so()
    {
        var run = await Run(Options with { Packets = 2_000 }, delay: 20);

        Assert.Equal(2_000, run.Outcome.View.Ledger.Delivered.Packets + run.Outcome.View.Ledger.Passed.Packets);
    }

    [Fact]
    public void Offload_changes_no_rule_count_and_no_delivery() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Long[0, 9]).Sample((perfect, u32, seed) =>
        {
            var options = Options with { Packets = 3_000, PerfectFilters = perfect, U32Filters = u32, Seed = seed };
            var (soft, hard) = (Run(options).GetAwaiter().GetResult(), Run(options, offload: true).GetAwaiter().GetResult());
            Assert.Equal((soft.Hash, AccountsOf(soft.Outcome)), (hard.Hash, AccountsOf(hard.Outcome)));
        }, iter: 4);

    [Fact]
    public async Task What_the_device_leaves_to_software_is_told()
    {
        await using var run = PipelineRun.Start(Setup(Options with { Packets = 100, U32Filters = 1 }, offload: true, []));
        await run.Completion.WaitAsync(Runs.Patience);

        var warning = Assert.Single(run.Warnings);
        Assert.Contains("rule 'web' stays in software, and so do the 2 behind it: the u32 table is full", warning);
        Assert.Contains("the device runs 1 of 4 rules", warning);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_capture_has_the_same_rule_counts_as_a_file_and_on_the_simulated_wire()
    {
        var file = Corpus.CapturePath("conv__to-pcapng.pcapng");
        var rules = "rule tcp match 12:ffff:0800 23:ff:06 mark 1\nrule high match 34:8000:8000 mark 2 continue\nrule all match l3+9:00:00 mark 0x40/0x40";
        var simulated = await Run(new SimulatedOptions { Capture = file }, offload: true, rules: rules);
        var setup = Setup(new SimulatedOptions { Packets = 1 }, offload: false, [], rules: rules);
        setup.Nic.Dispose();
        await using var run = PipelineRun.Start(setup with { Nic = CaptureFileNic.Open(file), Options = setup.Options with { Source = new SourceOptions { File = file } } });

        var read = await run.Completion.WaitAsync(Runs.Patience);

        Assert.Equal(read.View.Rules.Select(r => r.Matched), simulated.Outcome.View.Rules.Select(r => r.Matched));
        Assert.Equal(read.View.Unmatched, simulated.Outcome.View.Unmatched);
        Assert.NotEqual(0, read.View.Rules.Sum(r => r.Matched.Packets));
    }

    private static async Task<(string Hash, string Books, RunOutcome Outcome)> Run(SimulatedOptions options, bool offload = false, int delay = 0, string rules = Rules)
    {
        var seen = new List<string>();
        await using var run = PipelineRun.Start(Setup(options, offload, seen, delay, rules));
        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome.View.Balanced);
        Assert.Empty(outcome.Faults);
        seen.Sort(StringComparer.Ordinal);
        return (Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', seen)))), BooksOf(outcome), outcome);
    }

    /// <summary>The books without bundles and what the stack's consumer saw: both are fewer where the device passes packets itself.</summary>
    private static string AccountsOf(RunOutcome outcome) => string.Join(
        '\n',
        [
            $"{outcome.View.Ledger.Received} {outcome.View.Ledger.Delivered} {outcome.View.Ledger.Passed} {outcome.View.Ledger.Dropped}",
            .. outcome.View.Queues.Select(q => $"{q.Name} {q.Received}"),
            .. outcome.View.Rules.Select(r => $"{r.Name} {r.Matched}"),
            $"{outcome.View.Unmatched} {outcome.View.Selected}",
            .. outcome.View.Consumers.Where(c => c.Kind != "stack").Select(c => $"{c.Name} {c.Delivered}"),
        ]);

    private static string BooksOf(RunOutcome outcome) => string.Join(
        '\n',
        [
            $"{outcome.View.Ledger.Received} {outcome.View.Ledger.Delivered} {outcome.View.Ledger.Passed} {outcome.View.Ledger.Dropped}",
            .. outcome.View.Queues.Select(q => $"{q.Name} {q.Received} {q.Bundles}"),
            .. outcome.View.Rules.Select(r => $"{r.Name} {r.Matched}"),
            .. outcome.View.Consumers.Select(c => $"{c.Name} {c.Delivered}"),
        ]);

    private static PipelineSetup Setup(SimulatedOptions options, bool offload, List<string> seen, int delay = 0, string rules = Rules) => new()
    {
        Nic = SimulatedNic.Open(options),
        Rules = RuleParser.Parse(new SourceText("t.rules", rules), out _)!,
        Options = new PipelineOptions
        {
            Source = new SourceOptions { Sim = options, Offload = offload },
            Routes = [new RouteOptions { To = "marked", Mark = 0, MarkMask = 0x40 }, new RouteOptions { To = "stack" }],
            Consumers = new Dictionary<string, ConsumerOptions> { ["marked"] = Runs.Bypass("marked", instances: 2) },
        },
        Handlers = new Dictionary<string, Func<IPacketConsumer>> { ["marked"] = () => new NotingConsumer(seen, delay) },
    };
}
