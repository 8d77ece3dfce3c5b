using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>The thread of a link's receiving end.</summary>
internal sealed unsafe class ReceivingEnd : LinkEnd, IDisposable
{
    /// <summary>How often outcomes are looked for that come after their bundles: nothing wakes this thread for them.</summary>
    private const int OutcomeMilliseconds = 5;

    private readonly BlockPagePool _pool;
    private readonly SlabReader _slabs;
    private readonly FrameIntake _intake;
    private readonly byte[] _answer = new byte[LinkLayout.MostAcknowledgementBytes];
    private readonly Action _ring;
    private readonly Lock _lastWords = new();
    private Action? _wakeWhenHome;
    private long _arrived;
    private bool _isOver;

    public ReceivingEnd(LinkConnection connection, LinkOptions options, ILinkTarget target)
        : base(connection, options)
    {
        _pool = new BlockPagePool(options.Name, SlabReader.SlabBytes, options.Slabs);
        _slabs = new SlabReader(_pool);
        _intake = new FrameIntake(_pool, Hello, target, new BundlePool(options.BundlePackets), Lease, Wire.Bell, Counters);
        _ring = Wire.Bell.RingAlways;
    }

    public IPacketStore Slabs => _pool;

    public override bool ReadsWhileWriting => false;

    public void Dispose() => Stop();

    /// <inheritdoc cref="LinkReceiver.TryTakeLastWords"/>
    /// <returns>Null where the link has not ended, or a bundle is still out.</returns>
    public LinkLastWords? TakeLastWords()
    {
        lock (_lastWords)
        {
            if (!_isOver || !AreHome()) return null;

            // Nobody may have heard what this connection said of the link before it. Nothing came over it, so that is still the latest.
            if (!_intake.HasHeard && Said is { } said) return said;
            var rows = _intake.Rows.Select(r => r.LastWords()).OfType<LastWordsRow>().OrderBy(r => r.Instance).ToArray();
            return new LinkLastWords(Hello, isSettled: !IsUnsettled(), rows);
        }
    }

    /// <inheritdoc cref="LinkReceiver.WakeWhenHome"/>
    public void WakeWhenHome(Action wake)
    {
        lock (_lastWords) _wakeWhenHome += wake;
        LookForHome();
    }

    public override int BeforeWaitingToRead()
    {
        CountAllocated();
        if (!Goes()) return -1;
        Acknowledge();
        Ping();
        return IsUnsettled() ? OutcomeMilliseconds : Tick;
    }

    public override bool MayGoOnWriting(bool isReadable) => Goes();

    protected override void Work()
    {
        while (Goes())
        {
            if (!_slabs.TryMakeRoom())
            {
                WaitForSlab();
                continue;
            }

            var read = Stream.Read(_slabs.Room);
            if (read == 0 || !TryHear()) return;
            _slabs.Filled(read);
            if (IsRefused(_intake.TakeFrom(_slabs)) || !Goes()) return;
            Acknowledge();
        }
    }

    protected override void Ended()
    {
        _slabs.Release();
        foreach (var row in _intake.Rows) row.Copies.Release();
        _pool.Dispose();
        lock (_lastWords) _isOver = true;
    }

    protected override void Afterwards()
    {
        Wire.Bell.Listen(LookForHome);
        LookForHome();
    }

    /// <summary>
    /// Once the link has ended: wakes whoever waits for the last bundle, or arms the bell for when another one comes home.
    /// </summary>
    private void LookForHome()
    {
        Action? wake;
        lock (_lastWords)
        {
            if (!_isOver || _wakeWhenHome is null) return;
            Wire.Bell.Arm();
            if (!AreHome()) return;
            Wire.Bell.Disarm();
            (wake, _wakeWhenHome) = (_wakeWhenHome, null);
        }

        wake();
    }

    private bool AreHome()
    {
        foreach (var row in _intake.Rows)
        {
            row.Refresh();
            if (!row.AreHome) return false;
        }

        return true;
    }

    /// <summary>Consumers hold every slab. Bytes that come meanwhile are a sign of life, though they are not read.</summary>
    private void WaitForSlab()
    {
        Counters.SlabWaits++;
        Wire.Bell.Arm();
        _pool.WakeWhenReturned(_ring);
        var most = BeforeWaitingToRead();
        if (most >= 0) Wire.SleepForBell(most);
        TryHear();
    }

    /// <summary>
    /// Gives the lease a sign of life where bytes have come since the last time. Bytes that came before and are read only now are none:
    /// they can lie in the socket when the sender has long ended the link and given the bundles to somebody else.
    /// </summary>
    /// <returns>False where the lease is over.</returns>
    private bool TryHear()
    {
        var arrived = Wire.Arrived;
        if (arrived == _arrived) return Lease.Look();
        _arrived = arrived;
        return Lease.Hear();
    }

    private bool IsUnsettled()
    {
        foreach (var row in _intake.Rows) if (row.IsUnsettled) return true;
        return false;
    }

    /// <summary>Tells the sender what is new. Acknowledgements are cumulative: where the socket is full, it is told later.</summary>
    private void Acknowledge()
    {
        var isDue = false;
        foreach (var row in _intake.Rows)
        {
            _intake.InFlight -= row.Refresh();
            isDue |= row.IsDue;
        }

        for (var from = 0; isDue && from < _intake.Rows.Count && Wire.IsWritable;)
        {
            var (rows, length) = (0, LinkLayout.HeaderBytes);
            for (; from < _intake.Rows.Count && _answer.Length - length >= MostRowBytes; from++)
            {
                var written = _intake.Rows[from].Write(_answer.AsSpan(length));
                length += written;
                if (written > 0) rows++;
            }

            if (rows == 0) return;
            Send(_answer.AsSpan(0, length), FrameKind.Acknowledgements, rows);
            Counters.Acknowledgements++;
        }
    }

    private static int MostRowBytes => LinkLayout.RowBytes + (LinkLayout.Outcomes * LinkLayout.OutcomeBytes);
}
