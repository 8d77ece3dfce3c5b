using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>A drain has an end, whatever a consumer does, and the books balance behind it.</summary>
public sealed class DrainSpecs : IDisposable
{
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(1);
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _release = new();

    /// <summary>A test that failed leaves nobody hanging. Consumers may still wait for it, so that it is not disposed.</summary>
    public void Dispose() => _release.Set();

    [Fact]
    public async Task Behind_a_consumer_that_always_throws_it_is_cut()
    {
        var nic = new FakeNic(long.MaxValue);
        var half = Runs.Setup(nic, [ToHandler with { Share = 0.5 }], ("handler", () => new ScriptedConsumer(new CallLog(), _ => Throw())));
        await using var run = PipelineRun.Start(half with { Options = half.Options with { Drain = AMoment } });
        await _reached.Task.WaitAsync(Runs.Patience);

        run.Drain();

        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((AMoment, false), (outcome.View.DrainCutAfter, outcome.Aborted));
        Assert.Empty(outcome.View.LeftBehind);
        Assert.Equal(["drain", "handler"], outcome.Faults.Select(f => f.Where));
        var dropped = outcome.View.Ledger.DroppedByReason;
        Assert.True(dropped[DropReason.Shutdown].Packets > 0);
        Assert.Equal([DropReason.ConsumerFailed, DropReason.Shutdown], dropped.Keys);
    }

    [Theory]
    [InlineData("make")]
    [InlineData("consume")]
    [InlineData("flush")]
    [InlineData("dispose")]
    public async Task A_consumer_that_hangs_is_left_behind_and_its_packets_are_counted(string where)
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, AMoment, () => new HangingConsumer(where, Hang)));
        await _reached.Task.WaitAsync(Runs.Patience);

        run.Drain();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome.View.Balanced, outcome.View.Ledger.ToString());
        Assert.Contains("handler-0", outcome.View.LeftBehind);
        Assert.Contains(outcome.Faults, f => f.Where == "handler-0" && f.Error.Message.StartsWith("did not come back", StringComparison.Ordinal));
        Assert.DoesNotContain(outcome.Faults, f => f.Where == "ledger");
        _release.Set();
        await Threads.Eventually(() => nic.Outstanding == 0);
    }

    [Fact]
    public async Task An_abort_does_not_call_the_pages_of_a_consumer_that_hangs_a_fault_of_the_books()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, TimeSpan.FromHours(1), () => new HangingConsumer("consume", Hang)));
        await _reached.Task.WaitAsync(Runs.Patience);
        run.Drain();

        run.Abort();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome is { Aborted: true, View: { Balanced: true, DrainCutAfter: null } }, outcome.View.Ledger.ToString());
        Assert.Empty(outcome.Faults);
        _release.Set();
        await Threads.Eventually(() => nic.Outstanding == 0);
    }

    [Fact]
    public async Task One_consumer_that_hangs_does_not_keep_the_others_from_what_they_have_got()
    {
        var nic = new FakeNic(long.MaxValue);
        var log = new CallLog();
        var copies = new RouteOptions { To = "sound", Copy = true, Overload = Overload.DropNew };
        var setup = Runs.Setup(nic, [copies, ToHandler], ("handler", () => new HangingConsumer("consume", Hang)), ("sound", () => new ScriptedConsumer(log)));
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Drain = AMoment } });
        await _reached.Task.WaitAsync(Runs.Patience);

        run.Drain();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome.View.Balanced, outcome.View.Ledger.ToString());
        Assert.Contains("handler-0", outcome.View.LeftBehind);
        await Threads.Eventually(() => log.Calls[^1] == "dispose");
        _release.Set();
        await Threads.Eventually(() => nic.Outstanding == 0);
    }

    /// <summary>What a file has given is all delivered, however long a slow consumer takes.</summary>
    [Fact]
    public async Task A_source_that_ends_by_itself_is_not_cut()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Setup(nic, TimeSpan.Zero, () => new CountConsumer()));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((100, null), (outcome.View.Ledger.Delivered.Packets, outcome.View.DrainCutAfter));
        Assert.Empty(outcome.Faults);
    }

    [Fact]
    public async Task The_time_to_run_is_up_for_those_who_hang_too()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, AMoment, () => new HangingConsumer("consume", Hang)) with { StopAfter = AMoment });

        var outcome = await run.Completion.WaitAsync(Runs.Patience);

        Assert.True(outcome.View is { Balanced: true, DrainCutAfter: not null }, outcome.View.Ledger.ToString());
        _release.Set();
    }

    private static PipelineSetup Setup(FakeNic nic, TimeSpan drain, Func<IPacketConsumer> make)
    {
        var setup = Runs.Setup(nic, [ToHandler], ("handler", make));
        return setup with { Options = setup.Options with { Drain = drain } };
    }

    private void Throw()
    {
        _reached.TrySetResult();
        throw new InvalidOperationException("always");
    }

    private void Hang()
    {
        _reached.TrySetResult();
        _release.Wait(Runs.Patience);
    }

    private sealed class HangingConsumer : IPacketConsumer
    {
        private readonly string _where;
        private readonly Action _hang;

        public HangingConsumer(string where, Action hang)
        {
            (_where, _hang) = (where, hang);
            HangIn("make");
        }

        public void Consume(scoped PacketBatch batch)
        {
            HangIn("consume");
            if (_where == "dispose") throw new InvalidOperationException("on order");
        }

        public void Flush() => HangIn("flush");

        public void Complete()
        {
        }

        public void Dispose() => HangIn("dispose");

        private void HangIn(string where)
        {
            if (where == _where) _hang();
        }
    }
}
