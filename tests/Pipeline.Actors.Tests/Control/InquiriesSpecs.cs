using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Control;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Calls that become messages, and messages that end calls.</summary>
public sealed class InquiriesSpecs : TestKit
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Inquiries _inquiries;
    private readonly TestProbe _root;

    public InquiriesSpecs()
    {
        _inquiries = new Inquiries(_completion.Task);
        _root = CreateTestProbe();
    }

    [Fact]
    public async Task A_message_back_to_the_sender_is_the_answer()
    {
        var asking = _inquiries.Ask<string>(_root, "who?", default);
        _root.ExpectMsg("who?");

        _root.Reply("me");

        Assert.Equal("me", await asking.WaitAsync(Runs.Patience));
    }

    [Fact]
    public async Task The_end_of_the_run_ends_the_waiting_without_an_answer()
    {
        var asking = _inquiries.Ask<string>(_root, "who?", default);

        _completion.SetResult();

        Assert.Null(await asking.WaitAsync(Runs.Patience));
    }

    [Fact]
    public async Task A_caller_that_stops_waiting_is_let_go_and_the_answer_harms_nobody()
    {
        using var stop = new CancellationTokenSource();
        var asking = _inquiries.Ask<string>(_root, "who?", stop.Token);
        _root.ExpectMsg("who?");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Runs.Patience));
        _root.Reply("me");
        var next = _inquiries.Ask<string>(_root, "and now?", default);
        _root.ExpectMsg("and now?");
        _root.Reply("still me");
        Assert.Equal("still me", await next.WaitAsync(Runs.Patience));
    }

    [Fact]
    public async Task Beyond_the_bound_nobody_is_taken_in_and_room_comes_back_with_the_answers()
    {
        var waiting = Enumerable.Range(0, Inquiries.Most).Select(i => _inquiries.Ask<string>(_root, i, default)).ToList();

        await Assert.ThrowsAsync<InvalidOperationException>(() => _inquiries.Ask<string>(_root, "one more", default));

        _root.ExpectMsg(0);
        _root.Reply("done");
        await waiting[0].WaitAsync(Runs.Patience);
        var again = _inquiries.Ask<string>(_root, "one more", default);
        _completion.SetResult();
        Assert.Null(await again.WaitAsync(Runs.Patience));
        await Task.WhenAll(waiting).WaitAsync(Runs.Patience);
    }
}
