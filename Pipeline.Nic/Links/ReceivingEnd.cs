using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>The thread of a link's receiving end.</summary>
internal sealed unsafe class ReceivingEnd : LinkEnd, IDisposable
{
    /// <summary>How often outcomes are looked for that come after their bundles: nothing wakes this thread for them.</summary>
    private const int OutcomeMilliseconds = 5;

    /// <summary>
    /// How long a bundle that comes home does not wake this thread while the sender has credit left: more bytes wake it before, as a rule,
    /// and one acknowledgement then tells of many bundles.
    /// </summary>
    private const int DozeMilliseconds = 1;

    /// <summary>While bytes keep coming, an acknowledgement gives at least this part of an instance's window back.</summary>
    private const int PartsOfWindow = 8;

    private readonly BlockPagePool _pool;
    private readonly SlabReader _slabs;
    private readonly FrameIntake _intake;
    private readonly byte[] _answer = new byte[LinkLayout.MostAcknowledgementBytes];
    private readonly Action _ring;
    private readonly Lock _lastWords = new();
    private Action? _wakeWhenHome;
    private long _arrived;
    private long _untold;
    private bool _hasDozed;
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
        Refresh();
        Acknowledge();
        Ping();
        if (Dozes()) return DozeMilliseconds;
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
            _hasDozed = false;
            _slabs.Filled(read);
            if (IsRefused(_intake.TakeFrom(_slabs)) || !Goes()) return;
            Refresh();
            if (_untold >= Hello.Terms.InstanceWindow / PartsOfWindow) Acknowledge();
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

    /// <summary>Hushes the bell for a moment, once after bytes came, where the sender does not run out of credit meanwhile.</summary>
    private bool Dozes()
    {
        if (_hasDozed || _intake.InFlight == 0 || _intake.InFlight > Hello.Terms.Window / 2) return false;
        foreach (var row in _intake.Rows) if (row.InFlight > Hello.Terms.InstanceWindow / 2) return false;
        Wire.Bell.Mute();
        return _hasDozed = true;
    }

    /// <summary>Looks for bundles that came home, and for outcomes.</summary>
    private void Refresh()
    {
        var freed = 0L;
        foreach (var row in _intake.Rows) freed += row.Refresh();
        _intake.InFlight -= freed;
        _untold += freed;
    }

    private bool IsDue()
    {
        foreach (var row in _intake.Rows) if (row.IsDue) return true;
        return false;
    }

    /// <summary>Tells the sender what is new. Acknowledgements are cumulative: where the socket is full, it is told later.</summary>
    private void Acknowledge()
    {
        _untold = 0;
        for (var from = 0; from < _intake.Rows.Count && IsDue() && Wire.IsWritable;)
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
