using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>The thread of a link's sending end.</summary>
internal sealed unsafe class SendingEnd : LinkEnd
{
    /// <summary>
    /// Room for what a TLS stream can have decrypted and not given out, several records of 16 KiB (RFC 8446, 5.1). So a read that fills
    /// less has taken all there is, and polling the socket tells the truth.
    /// </summary>
    private const int BufferBytes = 128 << 10;

    private const int FramesToAnAcknowledgement = 8;

    private readonly LinkLane?[] _lanes = new LinkLane?[LinkLayout.MostInstances];
    private readonly DeclaredInterfaces _interfaces = new();
    private readonly AcknowledgementReader _reader;
    private readonly FrameBuilder _frame;
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferBytes);
    private LinkLane[] _open = [];
    private int _buffered;
    private int _turn;
    private long _charged;
    private readonly IdleWatch _idle = new();
    private bool _isOver;
    private bool _isHandedBack;

    public SendingEnd(LinkConnection connection, LinkOptions options)
        : base(connection, options)
    {
        _frame = new FrameBuilder(Hello.Terms.FrameLimit);
        _reader = new AcknowledgementReader(_lanes, Hello.Epoch, Counters);
    }

    public override bool ReadsWhileWriting => true;

    private long InFlight => _charged - _reader.Freed;

    public LinkLane OpenLane(int instance, PacketAccount account, int bytesToAPacket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(instance);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(instance, LinkLayout.MostInstances);
        ArgumentOutOfRangeException.ThrowIfNegative(bytesToAPacket);
        var lane = new LinkLane(instance, account, bytesToAPacket, Hello.Terms.InstanceWindow, Wire.Bell, Counters);
        lock (_lanes)
        {
            if (_lanes[instance] is not null) throw new InvalidOperationException($"Instance {instance} has a lane already.");
            if (_isOver) lane.Seal();
            _lanes[instance] = lane;
            Volatile.Write(ref _open, [.. _open, lane]);
        }

        return lane;
    }

    /// <summary>Packets that are in flight in all lanes. Any thread.</summary>
    public long PacketsInFlight
    {
        get
        {
            var packets = 0L;
            foreach (var lane in Volatile.Read(ref _open)) packets += lane.PacketsInFlight;
            return packets;
        }
    }

    /// <inheritdoc cref="LinkSender.WakeWhenIdle"/>
    public void WakeWhenIdle(Action wake)
    {
        _idle.Add(Volatile.Read(ref _open), wake);
        Wire.Bell.Ring();
    }

    /// <summary>After <see cref="LinkEnd.Stop"/>.</summary>
    /// <param name="handBack">Gets what was not acknowledged.</param>
    /// <param name="lastWords">The other node's; null where there are none. Those about another link are passed over.</param>
    public void HandBack(Action<int, PageBundle> handBack, LinkLastWords? lastWords)
    {
        if (_isHandedBack) return;
        _isHandedBack = true;
        if (lastWords is not null && lastWords.AreAbout(Hello))
        {
            var refusal = lastWords.TellTo(_lanes);
            if (refusal == LinkRefusal.None) Counters.LastWords++;
            else Counters.Refuse(refusal);
        }

        foreach (var lane in _open.OrderBy(l => l.Instance)) lane.HandBack(handBack);
        Counters.BytesInFlight = 0;
        _idle.End();
    }

    public override int BeforeWaitingToRead() => Goes() ? Tick : -1;

    public override bool MayGoOnWriting(bool isReadable)
    {
        if (!Goes()) return false;
        return !isReadable || ReadAcknowledgements();
    }

    protected override void Work()
    {
        for (var frames = 0; Goes();)
        {
            if (SendFrame())
            {
                if (++frames % FramesToAnAcknowledgement != 0) continue;
                if (Wire.IsReadable && !ReadAcknowledgements()) return;
            }
            else if (!Rest())
            {
                return;
            }
        }
    }

    protected override void Ended()
    {
        lock (_lanes)
        {
            _isOver = true;
            foreach (var lane in _open) lane.Seal();
        }

        _frame.Free();
        NativeMemory.Free(_buffer);
    }

    /// <summary>Sleeps until there is something to send or to read.</summary>
    /// <returns>False where the link has to end.</returns>
    private bool Rest()
    {
        CountAllocated();
        Ping();
        Wire.Bell.Arm();
        _idle.Look();
        if (!HasNew() && !IsClosing) Wire.Sleep(Tick);
        Wire.Bell.Disarm();
        return !Wire.IsReadable || ReadAcknowledgements();
    }

    private bool HasNew()
    {
        foreach (var lane in Volatile.Read(ref _open)) if (lane.HasNew) return true;
        return false;
    }

    /// <returns>False where there is nothing to send, or no credit for it.</returns>
    private bool SendFrame()
    {
        _frame.Clear();
        var lanes = Volatile.Read(ref _open);
        foreach (var lane in lanes) lane.Collect();
        for (var idle = 0; idle < lanes.Length; _turn++)
        {
            var lane = lanes[(int)((uint)_turn % (uint)lanes.Length)];
            if (!lane.HasWaiting || lane.Next(InFlight, Hello.Terms.Window, out var first) is not { } bundle)
            {
                idle++;
                continue;
            }

            if (!TryFindId(bundle.Interface, out var id)) break;
            var packets = _frame.Add(bundle, first, lane, id);
            if (packets == 0) break;
            _charged += lane.Advance(packets);
            idle = 0;
        }

        if (_frame.Sections == 0) return false;
        Counters.Frames++;
        Counters.Packets += _frame.Packets;
        Counters.Bytes += _frame.Bytes;
        Counters.BytesInFlight = InFlight;
        Write(_frame.Finish(NextNumber(), Hello.Epoch));
        return true;
    }

    /// <summary>Finds the interface's id. One that is new is declared at once, and so in front of the frame that is to be filled.</summary>
    /// <returns>
    /// False where the frame must go first: the new interface may take an id that means another one in the sections that it has.
    /// </returns>
    private bool TryFindId(NicInterface nicInterface, out int id)
    {
        if (_interfaces.TryFind(nicInterface, out id)) return true;
        if (_frame.Sections > 0) return false;
        Send(_interfaces.Declare(nicInterface), FrameKind.Interface, 0);
        return _interfaces.TryFind(nicInterface, out id);
    }

    /// <summary>Reads once. There must be bytes, or the end.</summary>
    /// <returns>False where the link has to end.</returns>
    private bool ReadAcknowledgements()
    {
        var read = Stream.Read(new Span<byte>(_buffer + _buffered, BufferBytes - _buffered));
        if (read == 0 || !Lease.Hear()) return false;
        _buffered += read;
        var used = _reader.Read(new ReadOnlySpan<byte>(_buffer, _buffered), out var refusal);
        Counters.BytesInFlight = InFlight;
        if (IsRefused(refusal)) return false;
        _idle.Look();
        _buffered -= used;
        new Span<byte>(_buffer + used, _buffered).CopyTo(new Span<byte>(_buffer, _buffered));
        return true;
    }
}
