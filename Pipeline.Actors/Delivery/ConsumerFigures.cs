using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// What one consumer instance leaves for others to read. Its actor alone writes it, and it outlives restarts of that actor. Any thread
/// reads it: what was written before a member was set is seen by whoever sees the member set.
/// </summary>
internal sealed class ConsumerFigures
{
    private int _restarts;
    private volatile bool _isPaused;
    private volatile ConsumerState _state;
    private volatile BundleQueue? _mailbox;
    private volatile Exception? _lastFailure;
    private volatile Exception? _completeFailure;
    private volatile bool _hasOpened;
    private volatile bool _hasConsumed;
    private volatile bool _hasFailedOnBundle;
    private volatile bool _isToldAsFault;
    private volatile IPacketConsumer? _current;
    private volatile IReadOnlyList<string> _lastNotes = [];

    /// <summary>Times it was replaced.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>How long bundles were on their way to it.</summary>
    public HandoffTimes Handoff { get; } = new();

    /// <summary>Told to take nothing for now.</summary>
    public bool IsPaused { get => _isPaused; set => _isPaused = value; }

    /// <summary>What it is about.</summary>
    public ConsumerState State { get => _state; set => _state = value; }

    /// <summary>What waits for it; null before its actor has started.</summary>
    public BundleQueue? Mailbox { get => _mailbox; set => _mailbox = value; }

    /// <summary>What the last consumer failed with; null before the first failure.</summary>
    public Exception? LastFailure { get => _lastFailure; set => _lastFailure = value; }

    /// <summary>What it failed with as it was to finish, which nobody makes up for; null for nothing.</summary>
    public Exception? CompleteFailure { get => _completeFailure; set => _completeFailure = value; }

    /// <summary>Whether there ever was one that could be opened.</summary>
    public bool HasOpened { get => _hasOpened; set => _hasOpened = value; }

    /// <summary>Whether a bundle was ever consumed without a failure.</summary>
    public bool HasConsumed { get => _hasConsumed; set => _hasConsumed = value; }

    /// <summary>Whether it ever failed on a bundle.</summary>
    public bool HasFailedOnBundle { get => _hasFailedOnBundle; set => _hasFailedOnBundle = value; }

    /// <summary>Whether what went wrong with it is a fault of the run already.</summary>
    public bool IsToldAsFault { get => _isToldAsFault; set => _isToldAsFault = value; }

    /// <summary>The consumer at work, for its notes; null while there is none.</summary>
    public IPacketConsumer? Current { get => _current; set => _current = value; }

    /// <summary>What the consumer itself has to say, and why it was replaced.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            var notes = NotesOf(Current) ?? _lastNotes;
            return LastFailure is { } failure ? notes.Append($"last failure: {FailureWords.Of(failure)}") : notes;
        }
    }

    /// <summary>Remembers what a consumer that has ended had to say.</summary>
    public void KeepNotes(IPacketConsumer consumer) => _lastNotes = NotesOf(consumer) ?? _lastNotes;

    public void CountRestart() => Interlocked.Increment(ref _restarts);

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
}
