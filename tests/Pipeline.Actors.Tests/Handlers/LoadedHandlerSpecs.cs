using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

/// <summary>Whole runs with a handler out of an assembly that fails where it is told to.</summary>
public sealed class LoadedHandlerSpecs : IDisposable
{
    private const int Packets = 1000;

    private const string Faulty = """
        public class Faulty : PacketHandler
        {
            static int _left = 1;
            HandlerContext _context;

            public Faulty() => Fail("constructor");
            public override void Open(HandlerContext context)
            {
                _context = context;
                context.Counter("opened").Increment();
                Fail("open");
            }
            public override void Consume(scoped PacketBatch batch)
            {
                _context.Counter("seen").Add(batch.Count);
                Fail("consume");
            }
            public override void Flush() => Fail("flush");
            public override void Complete()
            {
                _context.Counter("completed").Increment();
                Fail("complete");
            }
            public override void Dispose()
            {
                _context?.Counter("disposed").Increment();
                Fail("dispose");
            }
            static void Fail(string where)
            {
                if (where == "WHERE" && _left-- > 0) throw new InvalidDataException("on order in " + where);
            }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nowhere", 0, 0, 1, 1)]
    [InlineData("constructor", 1, 0, 1, 1)]
    [InlineData("open", 1, 0, 2, 2)]
    [InlineData("consume", 1, 1, 2, 2)]
    [InlineData("complete", 1, 0, 1, 1)]
    [InlineData("dispose", 1, 0, 1, 1)]
    public async Task A_handler_that_throws_is_counted_and_restarted(string where, int restarts, int lostBundles, int opened, int disposed)
    {
        var nic = new FakeNic(Packets);
        await using var run = PipelineRun.Start(Setup(nic, Faulty.Replace("WHERE", where)));

        var outcome = await Runs.ToEnd(run, nic);

        var consumer = outcome.View.Consumers.Single(c => c.Name == "handler");
        Assert.Equal(restarts, consumer.Restarts);
        Assert.Equal((opened, disposed, 1), (Of(consumer, "opened"), Of(consumer, "disposed"), Of(consumer, "completed")));
        Assert.Equal(Packets, Of(consumer, "seen"));
        var lost = outcome.View.Ledger.DroppedByReason.GetValueOrDefault(DropReason.ConsumerFailed).Packets;
        Assert.InRange(lost, lostBundles, lostBundles * 64);
        Assert.Equal(Packets - lost, consumer.Delivered.Packets);
        if (restarts > 0) Assert.Contains($"last failure: InvalidDataException: on order in {where}", consumer.Notes);
        Assert.Equal(where == "complete" ? ["failed as it was to finish: InvalidDataException: on order in complete"] : [], outcome.Faults.Select(f => f.Error.Message));
    }

    [Fact]
    public async Task Counters_are_summed_over_instances()
    {
        var nic = new FakeNic(Packets);
        await using var run = PipelineRun.Start(Setup(nic, Faulty, "instances = 3"));

        var outcome = await Runs.ToEnd(run, nic);

        var consumer = outcome.View.Consumers.Single(c => c.Name == "handler");
        Assert.Equal((3, Packets), (Of(consumer, "opened"), Of(consumer, "seen")));
    }

    [Fact]
    public async Task Wrong_options_end_the_run_with_one_fault_that_has_their_place()
    {
        var nic = new FakeNic(Packets);
        await using var run = PipelineRun.Start(Setup(nic, Faulty, "instances = 2, options { prot = 3 }"));

        var outcome = await Runs.ToEnd(run, nic);

        var fault = Assert.Single(outcome.Faults);
        Assert.StartsWith("t.conf:3:26: error: the handler has no option `prot`", Assert.IsType<HandlerOptionException>(fault.Error).Message);
        Assert.Equal(0, outcome.View.Consumers.Single(c => c.Name == "handler").Restarts);
    }

    [Fact]
    public void A_handler_that_cannot_be_had_is_known_before_the_first_packet()
    {
        var nic = new FakeNic(Packets);

        var error = Assert.Throws<HandlerException>(() => PipelineRun.Start(Setup(nic, "public class Other { }")));

        Assert.StartsWith("there is no type `Faulty`", error.Message);
        Assert.Equal(0, nic.Outstanding);
    }

    [Fact]
    public async Task Flows_can_be_reported_while_the_run_goes_on()
    {
        var nic = new FakeNic(Packets);
        nic[0].IsSilent = true;
        var setup = new PipelineSetup
        {
            Nic = nic,
            Options = new PipelineOptions
            {
                Routes = [new RouteOptions { To = "flows" }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["flows"] = new() { Name = "flows", Kind = ConsumerKind.Bypass, Handler = "flows" } },
            },
        };
        await using var run = PipelineRun.Start(setup);
        var text = new StringWriter();
        var nothing = new StringWriter();

        await Threads.Eventually(() => run.ReportAsync("flows", text).Result);

        Assert.StartsWith("ether_type,protocol,source,", text.ToString());
        Assert.False(await run.ReportAsync("stack", nothing));
        nic[0].IsSilent = false;
        await Runs.ToEnd(run, nic);
        Assert.False(await run.ReportAsync("flows", nothing));
    }

    private static long Of(ConsumerView consumer, string counter) => consumer.Counters.SingleOrDefault(c => c.Name == counter)?.Value ?? 0;

    private PipelineSetup Setup(FakeNic nic, string code, string more = "")
    {
        var text = $"pipeline {{ routes = [ {{ to = handler, overload = wait }} ], consumers {{\nhandler {{ kind = bypass, handler = \"Faulty, Handler.dll\"\n{more} }} }} }}";
        HandlerSource.Build(_folder.FullName, code);
        var (options, diagnostics) = ConfigurationLoader.Load(new SourceText("t.conf", text), _folder.FullName);
        Assert.Empty(diagnostics);
        return new PipelineSetup { Nic = nic, Options = options! };
    }
}
