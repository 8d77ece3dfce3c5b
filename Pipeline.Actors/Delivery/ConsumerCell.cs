using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// What one consumer instance works with and what it leaves for others to read. It outlives restarts of the actor, and so does the
/// count of failures that its back-off grows with.
/// </summary>
[DebuggerDisplay("{ActorName}: {State}, {Restarts} restarts")]
internal sealed class ConsumerCell
{
    private int _restarts;
    private bool _isPaused;

    /// <summary>The group's.</summary>
    public required ConsumerOptions Options { get; init; }

    /// <summary>Counts from 0 within the group.</summary>
    public required int Instance { get; init; }

    /// <summary>What a handler is told, and where it counts.</summary>
    public required HandlerContext Context { get; init; }

    /// <summary>Makes a new consumer; called at the start and after a failure, on the consumer's thread.</summary>
    public required Func<IPacketConsumer> Make { get; init; }

    /// <summary>The group's.</summary>
    public required PacketAccount Account { get; init; }

    /// <summary>The group's account of copies.</summary>
    public required PacketAccount Copies { get; init; }

    /// <summary>Whose thread runs it. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Delivery;

    /// <summary>The actor's name.</summary>
    public string ActorName => $"{Options.Name}-{Instance}";

    /// <summary>
    /// An output is not replaced after a failure: a new one would write over what the old one wrote. What comes after is lost, and
    /// counted.
    /// </summary>
    public bool IsOutput => Options.Kind == ConsumerKind.AfPacket || Options.Write is not null;

    /// <summary>Times it was replaced. Any thread.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>How long it waits after a failure. Its actor's alone.</summary>
    public Backoff Backoff { get; } = new();

    /// <summary>Told to take nothing for now. Set by its actor, readable by anyone.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref _isPaused);
        set => Volatile.Write(ref _isPaused, value);
    }

    /// <summary>What waits for it; null before its actor has started. Set by its actor, readable by anyone.</summary>
    public BundleQueue? Mailbox { get; set; }

    /// <summary>How long bundles were on their way to it. Written by its actor, readable by anyone.</summary>
    public HandoffTimes Handoff { get; } = new();

    /// <summary>What it is about. Set by its actor, readable by anyone.</summary>
    public ConsumerState State { get; set; }

    /// <summary>Every router has drained: once the mailbox is empty the consumer finishes. Its actor's alone.</summary>
    public bool IsCompleting { get; set; }

    /// <summary>What the last consumer failed with; null before the first failure. Set by its actor, readable by anyone.</summary>
    public Exception? LastFailure { get; set; }

    /// <summary>Whether there ever was one that could be opened. Set by its actor, for who looks when all is at rest.</summary>
    public bool HasOpened { get; set; }

    /// <summary>Whether a bundle was ever consumed without a failure. Set by its actor, for who looks when all is at rest.</summary>
    public bool HasConsumed { get; set; }

    /// <summary>Whether it ever failed on a bundle. Set by its actor, for who looks when all is at rest.</summary>
    public bool HasFailedOnBundle { get; set; }

    /// <summary>What it failed with as it was to finish, which nobody makes up for; null for nothing.</summary>
    public Exception? CompleteFailure { get; set; }

    /// <summary>Whether what went wrong with it is a fault of the run already.</summary>
    public bool IsToldAsFault { get; set; }

    /// <summary>The consumer at work, for its notes; null while there is none. Set by its actor, readable by anyone.</summary>
    public IPacketConsumer? Current { get; set; }

    /// <summary>What the consumer had to say when it ended. Any thread.</summary>
    public IReadOnlyList<string> LastNotes { get; set; } = [];

    /// <summary>What the consumer itself has to say, and why it was replaced. Any thread.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            var notes = NotesOf(Current) ?? LastNotes;
            return LastFailure is { } failure ? notes.Append($"last failure: {FailureWords.Of(failure)}") : notes;
        }
    }

    /// <summary>Remembers what a consumer that has ended had to say.</summary>
    public void KeepNotes(IPacketConsumer consumer) => LastNotes = NotesOf(consumer) ?? LastNotes;

    private static IReadOnlyList<string>? NotesOf(IPacketConsumer? consumer)
    {
        try
        {
            return (consumer as INotingConsumer)?.Notes;
        }
        catch
        {
            // Whoever asks is making a report, which must not fail because a consumer has nothing sensible to say.
            return null;
        }
    }

    /// <summary>Opens a handler; other consumers are open when they are made.</summary>
    /// <exception cref="HandlerOptionException">Its options are wrong, or it did not ask for one that was given.</exception>
    public void Open(IPacketConsumer consumer)
    {
        if (consumer is not PacketHandler handler) return;
        handler.Open(Context);
        Context.Options.RejectUnread();
    }

    /// <summary>It may have left the group before: what it failed with then is past. Before its new actor starts.</summary>
    public void BeginAgain()
    {
        LastFailure = null;
        Backoff.Forget();
        IsPaused = false;
        State = ConsumerState.Starting;
    }

    public void CountRestart() => Interlocked.Increment(ref _restarts);
}
