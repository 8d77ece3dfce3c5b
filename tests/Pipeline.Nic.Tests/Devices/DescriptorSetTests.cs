using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Nic.Tests.Devices;

/// <summary>An eventfd that nobody reads stays readable, so each test says what is reported without waiting for it.</summary>
public sealed class DescriptorSetTests : IDisposable
{
    private readonly DescriptorSet _set = new();
    private readonly SafeFileHandle _event = EventFd.Create();

    public void Dispose()
    {
        _set.Dispose();
        _event.Dispose();
    }

    [Fact]
    public void A_request_is_answered_once()
    {
        Ask(isDrained: false);

        Assert.Equal((0, 1, 0), (Looked(), LookedAfterAnEvent(), LookedAfterAnEvent()));
    }

    [Fact]
    public void A_request_for_what_is_readable_already_is_answered_at_once()
    {
        EventFd.Ring(_event);
        Ask(isDrained: false);
        Assert.Equal(1, Looked());

        Ask(isDrained: false);

        Assert.Equal(1, Looked());
    }

    [Fact]
    public void Whoever_has_drained_it_is_answered_when_there_is_more()
    {
        EventFd.Ring(_event);
        Ask(isDrained: true);
        Assert.Equal(1, Looked());

        Ask(isDrained: true);

        Assert.Equal((0, 1), (Looked(), LookedAfterAnEvent()));
    }

    [Fact]
    public void What_came_when_nobody_asked_is_answered_to_who_asks_next()
    {
        Ask(isDrained: true);
        Assert.Equal((1, 0), (LookedAfterAnEvent(), LookedAfterAnEvent()));

        Ask(isDrained: true);

        Assert.Equal(1, Looked());
    }

    [Fact]
    public void A_descriptor_that_was_forgotten_is_watched_anew()
    {
        Ask(isDrained: true);
        _set.Forget((int)_event.DangerousGetHandle());
        EventFd.Ring(_event);
        Assert.Equal((0, false), (Looked(), _set.HasRequests));

        Ask(isDrained: true);

        Assert.Equal(1, Looked());
    }

    [Fact]
    public void Packets_that_follow_closely_are_rested_for_once_and_none_is_missed()
    {
        _set.Rest = TimeSpan.FromSeconds(0.1);

        Assert.Equal((1, 0), (WaitedWithAnEvent(), _set.Rests));
        Assert.Equal((1, 1), (WaitedWithAnEvent(), _set.Rests));
        Assert.Equal((1, 1), (WaitedWithAnEvent(), _set.Rests));
        Assert.Equal((1, 2), (WaitedWithAnEvent(), _set.Rests));
        Assert.Equal((1, 2), (WaitedWithAnEvent(), _set.Rests));
        Assert.Equal((1, 2), (WaitedWithAnEvent(isTrickle: false), _set.Rests));
    }

    [Fact]
    public void Who_rings_during_a_rest_ends_the_wait_behind_it()
    {
        _set.Rest = TimeSpan.FromSeconds(0.1);
        WaitedWithAnEvent();
        Ask(isDrained: true, isTrickle: true);
        _set.Ring();

        Assert.Equal((0, 1), (Waited(), _set.Rests));
    }

    [Fact]
    public void A_look_is_no_wait_and_does_not_rest()
    {
        _set.Rest = TimeSpan.FromSeconds(0.1);
        WaitedWithAnEvent();
        Ask(isDrained: true, isTrickle: true);

        Assert.Equal((1, 0), (LookedAfterAnEvent(), _set.Rests));
    }

    private int WaitedWithAnEvent(bool isTrickle = true)
    {
        Ask(isDrained: true, isTrickle);
        EventFd.Ring(_event);
        return Waited();
    }

    private int Waited()
    {
        var due = new List<Action>();
        _set.Wait(waits: true, due);
        return due.Count;
    }

    private void Ask(bool isDrained, bool isTrickle = false) =>
        Assert.True(_set.TryAdd((int)_event.DangerousGetHandle(), () => { }, isDrained, isTrickle));

    private int LookedAfterAnEvent()
    {
        EventFd.Ring(_event);
        return Looked();
    }

    /// <returns>How many requests this look answered.</returns>
    private int Looked()
    {
        var due = new List<Action>();
        _set.Wait(waits: false, due);
        return due.Count;
    }
}
