using System.Diagnostics;

namespace Pipeline.Nic.Links;

/// <summary>What both ends of a link have in common: a thread, a lease, signs of life, and one ending.</summary>
internal abstract class LinkEnd : IWireOwner
{
    private const int TickMilliseconds = 100;

    private readonly byte[] _ping = new byte[LinkLayout.HeaderBytes];
    private readonly LinkConnection _connection;
    private readonly LinkOptions _options;
    private readonly Thread _thread;
    private bool _isClosing;
    private long _number;
    private LinkRefusal _refusal;

    protected LinkEnd(LinkConnection connection, LinkOptions options)
    {
        options.Check();
        _connection = connection;
        _options = options;
        Lease = new LinkLease(options.Clock);
        Wire.Belong(this);
        _thread = new Thread(Run) { IsBackground = true, Name = options.Name };
    }

    public LinkCounters Counters { get; } = new();

    public LinkHello Hello => _connection.Hello;

    /// <summary>The last words of an earlier link that the connection began with.</summary>
    protected LinkLastWords? Said => _connection.LastWords;

    /// <summary>Null while it runs. Any thread.</summary>
    public LinkEnding? Ending { get; private set; }

    public abstract bool ReadsWhileWriting { get; }

    /// <summary>What the thread has allocated. A test asks; any thread.</summary>
    public long Allocated { get; private set; }

    protected LinkLease Lease { get; }

    protected WireStream Wire => _connection.Wire;

    protected Stream Stream => _connection.Stream;

    protected bool IsClosing => Volatile.Read(ref _isClosing);

    public void Start() => _thread.Start();

    /// <summary>Ends it and waits for its thread. Not from the thread itself; may be called again.</summary>
    public void Stop()
    {
        Debug.Assert(Thread.CurrentThread != _thread, "A link's thread closed its own link.");
        Volatile.Write(ref _isClosing, true);
        Wire.Bell.RingAlways();
        _thread.Join();
    }

    public abstract int BeforeWaitingToRead();

    public abstract bool MayGoOnWriting(bool isReadable);

    /// <summary>Works until the link ends.</summary>
    protected abstract void Work();

    /// <summary>The link has ended; the connection is closed.</summary>
    protected abstract void Ended();

    /// <summary>It has been told that the link has ended. This is the thread's last act.</summary>
    protected virtual void Afterwards()
    {
    }

    /// <summary>Writes a frame whose parts are in place.</summary>
    protected void Send(Span<byte> frame, FrameKind kind, int items)
    {
        FrameHeader.Write(frame, kind, ++_number, Hello.Epoch, items);
        Write(frame);
    }

    /// <summary>Writes a frame that is complete, with <see cref="NextNumber"/>.</summary>
    protected void Write(ReadOnlySpan<byte> frame)
    {
        Stream.Write(frame);
        Lease.Speak();
    }

    protected long NextNumber() => ++_number;

    /// <summary>Gives a sign of life where one is due.</summary>
    protected void Ping()
    {
        if (!Lease.OwesSign || !Wire.IsWritable) return;
        Send(_ping, FrameKind.Ping, 0);
        Counters.Pings++;
    }

    /// <returns>False where the link has to end.</returns>
    protected bool Goes() => !IsClosing && _refusal == LinkRefusal.None && Lease.Look();

    /// <returns>True where it was refused, and the link has to end.</returns>
    protected bool IsRefused(LinkRefusal refusal)
    {
        if (refusal == LinkRefusal.None) return false;
        _refusal = refusal;
        Counters.Refuse(refusal);
        return true;
    }

    protected static int Tick => TickMilliseconds;

    protected void CountAllocated() => Allocated = GC.GetAllocatedBytesForCurrentThread();

    private void Run()
    {
        LinkEnding ending;
        try
        {
            Work();
            ending = ByItself();
        }
        catch (IOException e)
        {
            ending = IsClosing || Lease.IsStale || _refusal != LinkRefusal.None
                ? ByItself()
                : new LinkEnding(LinkEndingKind.Broken, LinkRefusal.None, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ending = new LinkEnding(LinkEndingKind.Failed, LinkRefusal.None, $"{Wire.Peer}: {e.Message}");
        }

        if (Lease.IsStale) Counters.Stale++;
        Lease.End();
        Stream.Dispose();
        Wire.Dispose();
        Ended();
        Ending = ending;
        _options.OnEnded?.Invoke(ending);
        Afterwards();
    }

    private LinkEnding ByItself()
    {
        if (_refusal != LinkRefusal.None)
            return new LinkEnding(LinkEndingKind.Refused, _refusal, $"{Wire.Peer}: a frame was refused: {_refusal}");
        if (Lease.IsStale)
            return new LinkEnding(LinkEndingKind.Stale, LinkRefusal.None, $"{Wire.Peer}: the lease of {LinkLease.Length} ran out");
        return IsClosing
            ? new LinkEnding(LinkEndingKind.Closed, LinkRefusal.None, $"{Wire.Peer}: closed")
            : new LinkEnding(LinkEndingKind.ClosedByPeer, LinkRefusal.None, $"{Wire.Peer}: closed by the other end");
    }
}
