using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>
/// Sends packets into the other end of a TAP, so that they come in on that interface, as from a wire: into this host's normal stack, whose
/// firewall and queueing disciplines see them, or into the bridge that the interface is in. Of a macvtap they go to the wire below it.
/// </summary>
/// <remarks>
/// <para>
/// The kernel copies what it takes, so nothing is ever in flight here. A packet counts as delivered when the kernel took it. What the
/// interface dropped is <see cref="InterfaceLost"/>.
/// </para>
/// <para>
/// The kernel takes packets that are longer than the MTU, and a macvtap takes everything, even while it is gone. So lengths and the
/// interface's life are checked here. Rejected as <see cref="DropReason.OutputError"/>: packets longer or shorter than the interface takes,
/// packets that were not captured whole, packets of another link type, and all packets while the interface is down or gone.
/// </para>
/// <para>
/// Where there is no interface of that name a TAP is made. It needs the capability CAP_NET_ADMIN, unless the interface is its user's.
/// </para>
/// </remarks>
internal sealed class TapTransmitter : ITransmitter
{
    private const int ShortestPause = 100; // Milliseconds between looks for an interface that is gone.
    private const int LongestPause = 1000;

    private readonly TapPort _port;
    private readonly TapEnd _end;
    private readonly string _name;
    private readonly LinkCounter _dropped;
    private readonly SendBooks _books;
    private byte[]? _copy;
    private bool _isThere;
    private bool _isStopped;
    private long _refused;
    private int _pause;
    private long _tryAt;
    private long _interfaceLost;
    private bool _disposed;

    private TapTransmitter(TapPort port, TapEnd end, LinkCounter dropped)
    {
        (_port, _end, _dropped, _name) = (port, end, dropped, port.Name);
        Name = new TransmitTarget(TransmitKind.Tap, _name).ToString();
        _books = new SendBooks(Name, _name, () => port.Mtu(end));
        Follow();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Always 0.</summary>
    public int InFlight => 0;

    /// <summary>
    /// Packets that the interface dropped since this was opened, anybody's, without those that were refused here: of a TAP those that
    /// came in on it (<c>rx_dropped</c>), of a macvtap those that it sent (<c>tx_dropped</c>). As recent as the last <see cref="Reap"/>.
    /// Any thread.
    /// </summary>
    public long InterfaceLost => Volatile.Read(ref _interfaceLost);

    /// <summary>Why nothing is sent now; null while packets are taken. Any thread.</summary>
    public string? Trouble => _books.Trouble;

    /// <summary>What it rejected and why, one sentence each, and its trouble. Any thread.</summary>
    public IReadOnlyList<string> Notes => _books.NotesWith(InterfaceLost, _port.IsMacvtap ? "tx_dropped" : "rx_dropped");

    private bool IsTimeToTry => Environment.TickCount64 >= _tryAt;

    /// <summary>Opens the other end of an interface for sending.</summary>
    /// <param name="name">Its name, in the network namespace of the calling thread.</param>
    /// <inheritdoc cref="TapNic.Open" path="/exception"/>
    public static TapTransmitter Open(string name)
    {
        var port = TapPort.Open(name);
        TapEnd? end = null;
        LinkCounter? dropped = null;
        try
        {
            end = port.OpenEnd(receives: false);
            dropped = new LinkCounter(name, port.IsMacvtap ? s => s.tx_dropped : s => s.rx_dropped);
            return new TapTransmitter(port, end, dropped);
        }
        catch
        {
            dropped?.Dispose();
            end?.Dispose();
            port.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The packets have been taken, or were rejected, when this returns <c>true</c>.</remarks>
    public bool TryTransmit(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _books.Begin();
        _isStopped = false;
        if (!_isThere && IsTimeToTry) Follow();
        if (_isThere && bundle.Interface.LinkType == LinkType.Ethernet) Send(bundle);
        else _books.RejectAll(bundle, isOfOtherLink: _isThere);
        return _books.TrySettle(bundle);
    }

    /// <summary>Looks whether the interface is still there, and reads its MTU and what it dropped. There is nothing to settle.</summary>
    public void Reap()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_isThere || IsTimeToTry) Follow();
        ReadLost(isLast: false);
    }

    /// <summary>Closes the descriptor. What the kernel took is on its way. Counts and notes can still be read.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ReadLost(isLast: true);
        _dropped.Dispose();
        _end.Dispose();
        _port.Dispose();
    }

    private void Send(PageBundle bundle)
    {
        foreach (ref readonly var packet in bundle.Packets)
        {
            var bytes = bundle.BytesOf(packet);
            if (_isStopped || !_books.Allows(bytes, packet)) _books.Reject(DropReason.OutputError, packet.CapturedLength);
            else Judge(Write(bytes, packet), packet.CapturedLength);
        }
    }

    /// <summary>
    /// Leaves a pending checksum to the kernel, where there is a header that says so and the checksum is over all the rest: the kernel
    /// would count in what pads the packet behind it. Else writes a copy.
    /// </summary>
    private Errno Write(ReadOnlySpan<byte> bytes, in Packet packet)
    {
        if (!packet.Has(PacketFlags.ChecksumPending)) return _end.Write(bytes);
        if (!PendingChecksum.TryLocate(LinkType.Ethernet, bytes, out var from, out var at, out var end)) return _end.Write(bytes);
        return _end.HasHeader && end == bytes.Length ? _end.Write(bytes, from, at - from) : WriteCompleted(bytes);
    }

    private Errno WriteCompleted(ReadOnlySpan<byte> bytes)
    {
        _copy ??= new byte[bytes.Length];
        if (_copy.Length < bytes.Length) Array.Resize(ref _copy, bytes.Length);
        var copy = _copy.AsSpan(0, bytes.Length);
        bytes.CopyTo(copy);
        PendingChecksum.Complete(LinkType.Ethernet, bytes, copy);
        return _end.Write(copy);
    }

    private void Judge(Errno error, int bytes)
    {
        switch (error)
        {
            case Errno.None:
                _books.Trouble = null;
                return;
            case Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM:
                _books.Reject(DropReason.TxFull, bytes);
                return;
            case Errno.EIO:
                // The interface counts this one as dropped too.
                _refused++;
                Stop($"{_name} is down");
                break;
            case Errno.EBADFD or Errno.ENOLINK or Errno.EFAULT or Errno.ENXIO or Errno.ENODEV:
                Lose($"there is no interface {_name}");
                break;
            default:
                _books.Trouble = $"{_name}: the kernel does not take a packet: {error}";
                break;
        }

        _books.Reject(DropReason.OutputError, bytes);
    }

    /// <summary>
    /// Attaches to the interface again if it is back. Writing does not tell whether a macvtap is there or up, so nothing is written then.
    /// </summary>
    private void Follow()
    {
        var trouble = _port.WhyNot(_end);
        if (!IfTun.IsAttached(_end.Handle) || (trouble is not null && _port.IsMacvtap))
        {
            Lose(trouble ?? $"there is no interface {_name}");
            return;
        }

        (_isThere, _pause, _books.Trouble) = (true, 0, trouble);
        _books.ReadMtu();
    }

    private void Stop(string trouble)
    {
        _isStopped = true;
        if (Trouble != trouble) _books.Trouble = trouble;
    }

    private void Lose(string trouble)
    {
        Stop(trouble);
        _isThere = false;
        _pause = Math.Clamp(_pause * 2, ShortestPause, LongestPause);
        _tryAt = Environment.TickCount64 + _pause;
    }

    private void ReadLost(bool isLast) => Volatile.Write(ref _interfaceLost, Math.Max(0, _dropped.Total(isLast) - _refused));
}
