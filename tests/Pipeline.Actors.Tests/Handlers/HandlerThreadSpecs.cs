using System.Runtime.CompilerServices;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

/// <summary>
/// An exception that nobody caught, and that came out of a loaded handler's code. Here the handler catches it and leaves it where the
/// test finds it, which then does what the runtime does in a program.
/// </summary>
public sealed class HandlerThreadSpecs : IDisposable
{
    private const string Code = """
        public class Loose : PacketHandler
        {
            public override void Open(HandlerContext context)
            {
                context.Counter("opened").Increment();
                AppDomain.CurrentDomain.SetData("KEY", (Func<Exception>)Thrown);
            }
            public override void Consume(scoped PacketBatch batch) { }
            static Exception Thrown()
            {
                try { WHAT; return null; }
                catch (Exception error) { return error; }
            }
        }
        public class Quiet : PacketHandler
        {
            public override void Open(HandlerContext context) => context.Counter("opened").Increment();
            public override void Consume(scoped PacketBatch batch) { }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _key = $"loose-{Guid.NewGuid()}";

    public void Dispose()
    {
        AppDomain.CurrentDomain.SetData(_key, null);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("throw new InvalidOperationException(\"loose\")", "InvalidOperationException: loose")]
    [InlineData("int.Parse(\"zz\")", "FormatException: ")]
    [InlineData("new Action(() => throw new InvalidOperationException(\"in a lambda\"))()", "InvalidOperationException: in a lambda")]
    public async Task It_costs_its_handler_and_no_other(string what, string words)
    {
        var nic = new FakeNic(1_000);
        nic[0].IsSilent = true;
        await using var run = PipelineRun.Start(Setup(nic, what));
        await Threads.Eventually(() => Opened(run, "loose") == 1 && Opened(run, "quiet") == 1);

        Assert.True(HandlerThreads.Survive(Thrown()));

        await Threads.Eventually(() => Opened(run, "loose") == 2);
        nic[0].IsSilent = false;
        var outcome = await Runs.ToEnd(run, nic);
        var loose = outcome.View.Consumers.Single(c => c.Name == "loose");
        Assert.Equal((1, 0), (loose.Restarts, outcome.View.Consumers.Single(c => c.Name == "quiet").Restarts));
        Assert.Contains(loose.Notes, n => n.StartsWith($"last failure: {words}", StringComparison.Ordinal) && n.EndsWith("(on a thread of its own)", StringComparison.Ordinal));
        Assert.Equal(1_000, outcome.View.Ledger.Delivered.Packets);
        Assert.Empty(outcome.Faults);
    }

    [Fact]
    public async Task After_the_run_it_costs_nobody_anything()
    {
        var nic = new FakeNic(10);
        await using (var run = PipelineRun.Start(Setup(nic, "throw new InvalidOperationException(\"late\")"))) await Runs.ToEnd(run, nic);

        Assert.True(HandlerThreads.Survive(Thrown()));
    }

    [Fact]
    public void One_of_our_own_ends_the_program() => Assert.False(HandlerThreads.Survive(Record.Exception(Ours)!));

    [Fact]
    public void One_without_a_stack_ends_the_program() => Assert.False(HandlerThreads.Survive(new InvalidOperationException("never thrown")));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Ours() => throw new InvalidOperationException("ours");

    private Exception Thrown() => ((Func<Exception>)AppDomain.CurrentDomain.GetData(_key)!)();

    private static long Opened(PipelineRun run, string consumer) => run.View().Consumers.Single(c => c.Name == consumer).Counters.SingleOrDefault(c => c.Name == "opened")?.Value ?? 0;

    private PipelineSetup Setup(FakeNic nic, string what)
    {
        HandlerSource.Build(_folder.FullName, Code.Replace("KEY", _key).Replace("WHAT", what));
        const string Text = """
            pipeline { routes = [ { to = loose, copy = true, overload = wait }, { to = quiet, overload = wait } ]
              consumers { loose { kind = bypass, handler = "Loose, Handler.dll" }, quiet { kind = bypass, handler = "Quiet, Handler.dll" } } }
            """;
        var (options, diagnostics) = ConfigurationLoader.Load(new SourceText("t.conf", Text), _folder.FullName);
        Assert.Empty(diagnostics);
        return new PipelineSetup { Nic = nic, Options = options! };
    }
}
