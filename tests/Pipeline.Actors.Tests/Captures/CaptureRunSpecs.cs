using System.Security.Cryptography;
using System.Text;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>Captures of whole pipelines on a simulated NIC.</summary>
public sealed class CaptureRunSpecs
{
    private const string Rules = """
        rule udp match 12:ffff:0800 23:ff:11 mark 0x1/0x1 continue
        rule dns match 12:ffff:0800 23:ff:11 36:ffff:0035 mark 0x40/0x40
        """;

    private static readonly SimulatedOptions Options = new() { Packets = 20_000, Pages = 128, Flows = 300 };

    private static readonly SimulatedOptions Many = Options with { Packets = 100_000 };

    [Fact]
    public async Task Captures_that_come_and_go_under_load_change_no_book_and_no_delivery()
    {
        var quiet = await Run(Many, (_, _) => Task.CompletedTask);
        var seen = 0L;
        var busy = await Run(Many, async (run, nic) =>
        {
            while (await TryStart(run, "received") is { } first)
            {
                List<LiveCapture> captures = [first];
                foreach (var at in new[] { "rule:dns", "route:marked", "dropped" })
                {
                    if (await TryStart(run, at) is { } capture) captures.Add(capture);
                }

                nic.Open();
                await first.WaitBeyond(first.Bytes).AsTask().WaitAsync(Runs.Patience);
                foreach (var capture in captures) await run.Captures.ForgetAsync(capture.Id);
                seen += captures.Sum(c => c.Packets);
            }
        });

        Assert.NotEqual(0, seen);
        Assert.Equal((quiet.Hash, quiet.Books), (busy.Hash, busy.Books));
    }

    [Fact]
    public async Task Every_point_sees_what_the_books_say()
    {
        LiveCapture[] captures = [];
        var run = await Run(Options, async (run, nic) =>
        {
            captures = await Task.WhenAll(new[] { "received", "rule:udp", "rule:dns", "route:marked", "dropped" }.Select(at => Start(run, at)));
            nic.Open();
            await run.Completion;
        });

        var view = run.Outcome.View;
        Assert.All(captures, c => Assert.Equal((CaptureState.Stopped, true), (c.State, c.EndedAt is not null)));
        Assert.Equal(
            [view.Ledger.Received.Packets, view.Rules[0].Matched.Packets, view.Rules[1].Matched.Packets, view.Ledger.Delivered.Packets, 0],
            captures.Select(c => c.Packets + c.Missed));
        Assert.NotEqual(0, view.Rules[1].Matched.Packets);
        var comments = CaptureFileBlocks.Of(captures[1].Read).Comments.Distinct().Order().ToList();
        Assert.Equal(["mark 0x1 rule udp route stack", "mark 0x41 rule udp,dns route marked"], comments);
    }

    [Fact]
    public async Task A_capture_ends_with_its_packets_and_both_are_events()
    {
        LiveCapture? capture = null;
        IReadOnlyList<PipelineEvent> events = [];
        await Run(Options, async (run, nic) =>
        {
            capture = await run.Captures.StartAsync(new CaptureRequest { Packets = 100, Who = "alice" });
            nic.Open();
            await foreach (var happened in run.Events.Follow())
            {
                if (happened.Kind == PipelineEventKind.CaptureEnded) break;
            }

            events = run.Events.Read();
        });

        Assert.Equal((100, 0, CaptureState.Complete), (capture!.Packets, capture.Missed, capture.State));
        Assert.Equal(
            [
                "capture of received begins, for alice: at most 100 packets, 26113024 bytes and 60 s",
                "capture of received is complete, for alice: 100 packets, 0 missed",
            ],
            events.Where(e => e.Where == $"capture {capture.Id}").Select(e => e.Words));
    }

    [Fact]
    public async Task What_was_fetched_is_let_go_of_at_once() => await Run(Options, async (run, _) =>
    {
        var gone = await Forgotten(run);

        // The thread that took its packets may still be on its way out.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !gone.IsAlive;
            },
            Runs.Patience));
    });

    [Fact]
    public async Task After_the_run_nothing_can_be_captured() => await Run(Options, async (run, nic) =>
    {
        nic.Open();
        await run.Completion;

        var refused = await Assert.ThrowsAsync<CaptureRefusedException>(() => Start(run, "received"));

        Assert.Equal(CaptureRefusal.Ended, refused.Refusal);
    });

    /// <summary>A method of its own, whose variables are gone when it has ended.</summary>
    private static async Task<WeakReference> Forgotten(PipelineRun run)
    {
        var capture = await Start(run, "received");
        await run.Captures.ForgetAsync(capture.Id);
        return new WeakReference(capture);
    }

    private static async Task<LiveCapture?> TryStart(PipelineRun run, string at)
    {
        try
        {
            return await Start(run, at);
        }
        catch (CaptureRefusedException over) when (over.Refusal == CaptureRefusal.Ended)
        {
            return null;
        }
    }

    private static Task<LiveCapture> Start(PipelineRun run, string at) =>
        run.Captures.StartAsync(new CaptureRequest { At = CapturePoint.Read(at)!, Packets = 30_000, SnapLength = 32 }).WaitAsync(Runs.Patience);

    private static async Task<(string Hash, string Books, RunOutcome Outcome)> Run(SimulatedOptions options, Func<PipelineRun, GatedNic, Task> meanwhile)
    {
        var seen = new List<string>();
        var nic = new GatedNic(SimulatedNic.Open(options));
        await using var run = PipelineRun.Start(Setup(nic, options, seen));
        await meanwhile(run, nic).WaitAsync(Runs.Patience);
        nic.Open();
        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome.View.Balanced);
        Assert.Empty(outcome.Faults);
        seen.Sort(StringComparer.Ordinal);
        var ledger = outcome.View.Ledger;
        return (
            Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', seen)))),
            $"{ledger.Received} {ledger.Delivered} {ledger.Passed} {ledger.Dropped} {string.Join(' ', outcome.View.Rules.Select(r => r.Matched))}",
            outcome);
    }

    private static PipelineSetup Setup(GatedNic nic, SimulatedOptions options, List<string> seen) => new()
    {
        Nic = nic,
        Rules = RuleParser.Parse(new SourceText("t.rules", Rules), out _)!,
        Options = new PipelineOptions
        {
            Source = new SourceOptions { Sim = options },
            Routes = [new RouteOptions { To = "marked", Mark = 0x40, MarkMask = 0x40 }, new RouteOptions { To = "stack" }],
            Consumers = new Dictionary<string, ConsumerOptions> { ["marked"] = Runs.Bypass("marked", instances: 2) },
        },
        Handlers = new Dictionary<string, Func<IPacketConsumer>> { ["marked"] = () => new NotingConsumer(seen, 0) },
    };
}
