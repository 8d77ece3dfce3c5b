using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// The figures that one consumer instance leaves for others to read. Only its actor writes them, and they outlive restarts of that actor.
/// Any thread reads them: a reader that sees a member set also sees everything that was written before.
/// </summary>
internal sealed class ConsumerFigures
{
    private int _restarts;
    private long _othersPackets;
    private long _othersBytes;
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

    /// <summary>Packets of other nodes that it took. Packets and bytes are read one after the other.</summary>
    public PacketTally ForOthers => new(Volatile.Read(ref _othersPackets), Volatile.Read(ref _othersBytes));

    /// <summary>How long bundles were on their way to it.</summary>
    public HandoffTimes Handoff { get; } = new();

    /// <summary>Whether it was told to take nothing for now.</summary>
    public bool IsPaused { get => _isPaused; set => _isPaused = value; }

    /// <summary>The state it is in.</summary>
    public ConsumerState State { get => _state; set => _state = value; }

    /// <summary>Its mailbox; null before its actor has started.</summary>
    public BundleQueue? Mailbox { get => _mailbox; set => _mailbox = value; }

    /// <summary>The exception that the last consumer failed with; null before the first failure.</summary>
    public Exception? LastFailure { get => _lastFailure; set => _lastFailure = value; }

    /// <summary>The exception that it failed with as it was to finish, after which nothing is retried; null for none.</summary>
    public Exception? CompleteFailure { get => _completeFailure; set => _completeFailure = value; }

    /// <summary>Whether any consumer could ever be opened.</summary>
    public bool HasOpened { get => _hasOpened; set => _hasOpened = value; }

    /// <summary>Whether a bundle was ever consumed without a failure.</summary>
    public bool HasConsumed { get => _hasConsumed; set => _hasConsumed = value; }

    /// <summary>Whether it ever failed on a bundle.</summary>
    public bool HasFailedOnBundle { get => _hasFailedOnBundle; set => _hasFailedOnBundle = value; }

    /// <summary>Whether its failure has already been reported as a fault of the run.</summary>
    public bool IsToldAsFault { get => _isToldAsFault; set => _isToldAsFault = value; }

    /// <summary>The consumer at work, for its notes; null when there is none.</summary>
    public IPacketConsumer? Current { get => _current; set => _current = value; }

    /// <summary>The consumer's own notes, and the reason why it was replaced.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            var notes = NotesOf(Current) ?? _lastNotes;
            return LastFailure is { } failure ? notes.Append($"last failure: {FailureWords.Of(failure)}") : notes;
        }
    }

    /// <summary>Keeps the notes of a consumer that has ended.</summary>
    public void KeepNotes(IPacketConsumer consumer) => _lastNotes = NotesOf(consumer) ?? _lastNotes;

    public void CountForOthers(int packets, long bytes)
    {
        _othersPackets += packets;
        _othersBytes += bytes;
    }

    public void CountRestart() => Interlocked.Increment(ref _restarts);

    private static IReadOnlyList<string>? NotesOf(IPacketConsumer? consumer)
    {
        try
        {
            return (consumer as INotingConsumer)?.Notes;
        }
        catch
        {
            // The caller is making a report, which must not fail because a consumer's notes do.
            return null;
        }
    }
}
