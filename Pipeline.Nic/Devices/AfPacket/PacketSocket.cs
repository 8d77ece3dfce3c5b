using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// A packet socket with a receive ring, bound to an interface. It sees packets that come in, and those that this host sends only if it is
/// asked for them. One thread at a time.
/// </summary>
internal sealed partial class PacketSocket : IDisposable
{
    private readonly string _name;
    private readonly bool _isPromiscuous;
    private readonly PacketDirection _direction;
    private readonly bool _wantsHardwareTime;
    private readonly FanoutGroup? _group;
    private SocketFilter.sock_filter[] _preFilter = [];
    private SafeFileHandle _socket;
    private FanoutGroup.Membership? _membership;
    private int _boundTo;
    private bool _isAdmitting;

    private PacketSocket(SafeFileHandle socket, string name, AfPacketOptions options, FanoutGroup? group)
    {
        (_socket, _name, _group) = (socket, name, group);
        (_isPromiscuous, _direction, _wantsHardwareTime) = (options.IsPromiscuous, options.Direction, options.HardwareTimestamps);
    }

    /// <summary>The descriptor to wait on until a block is ready or an error is there.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>What the interface's packets start with.</summary>
    public LinkType LinkType { get; private set; }

    /// <summary>The ring. Whoever takes it owns it.</summary>
    public PacketRing Ring { get; private set; } = null!;

    /// <summary>Opens a socket that takes no packets until <see cref="TryAdmit"/> lets them in.</summary>
    /// <param name="group">The group that it becomes a member of; null where it is alone.</param>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    /// <exception cref="IOException">The system refuses the ring, or the interface is of a kind that is not read.</exception>
    /// <exception cref="Rules.FilterException">The pre-filter cannot be compiled for this interface.</exception>
    public static PacketSocket Open(string name, AfPacketOptions options, FanoutGroup? group)
    {
        // The socket has no protocol yet: with one it would take packets of all interfaces until it is bound.
        var opened = new PacketSocket(Create(name, options.HardwareTimestamps), name, options, group);
        try
        {
            if (NetDevice.IndexOf(opened._socket, name) is not { } index) throw new FileNotFoundException($"there is no interface {name}");
            opened.LinkType = opened.LinkTypeNow() ?? throw new IOException(
                $"{name}: its packets begin with a header of a kind that is not read (type {NetDevice.HardwareOf(opened._socket, name)})");
            if (options.PreFilter is { } expression) opened._preFilter = PreFilter.Compile(expression, opened.LinkType);
            opened.Stop();
            opened.Ring = PacketRing.Create(opened._socket, name, options);
            opened.BindTo(index);
            opened.TryJoin();
            return opened;
        }
        catch
        {
            opened.Abandon();
            throw;
        }
    }

    /// <summary>Closes it with its ring, where nobody has taken that.</summary>
    public void Abandon()
    {
        Ring?.Dispose();
        Dispose();
    }

    /// <summary>Takes the socket's pending error: until it is taken, every poll returns at once.</summary>
    public Errno TakeError() => (Errno)SysSocket.GetOption<int>(_socket, SysSocket.SOL_SOCKET, SysSocket.SO_ERROR, _name);

    /// <summary>
    /// Counts since the last call: packets that the kernel took for the ring, those of them that it dropped because no block was free, and
    /// how often it found none.
    /// </summary>
    public IfPacket.tpacket_stats_v3 TakeStatistics() =>
        SysSocket.GetOption<IfPacket.tpacket_stats_v3>(_socket, SysSocket.SOL_PACKET, IfPacket.PACKET_STATISTICS, _name);

    /// <summary>
    /// Takes a new socket in place of one that <see cref="MustBeReplaced"/>, with the ring where it was. Every packet of the ring must be
    /// done with. The new one is bound by <see cref="Rebind"/>.
    /// </summary>
    /// <returns>Why it could not be made; null where it was.</returns>
    public string? Replace()
    {
        SafeFileHandle? next = null;
        try
        {
            next = Create(_name, _wantsHardwareTime);
            SocketFilter.AttachNothing(next, _name);
            Ring.MoveTo(next);
        }
        catch (IOException e)
        {
            next?.Dispose();
            return e.Message;
        }

        Dispose();
        _socket = next;
        return null;
    }

    /// <summary>Stops packets from coming in.</summary>
    public void Stop()
    {
        SocketFilter.AttachNothing(_socket, _name);
        _isAdmitting = false;
    }

    /// <summary>
    /// Closes the descriptor. The ring might still be mapped, and then keeps the socket alive. No packets come in any more.
    /// </summary>
    public void Dispose()
    {
        if (_socket.IsClosed) return;
        LetGo();
        _socket.Dispose();
        if (_membership is not null) _group!.Leave(_membership);
        _membership = null;
    }

    private static SafeFileHandle Create(string name, bool wantsHardwareTime)
    {
        var socket = OpenRaw(name);
        try
        {
            if (wantsHardwareTime)
            {
                SysSocket.SetOption(
                    socket, SysSocket.SOL_PACKET, IfPacket.PACKET_TIMESTAMP, IfPacket.SOF_TIMESTAMPING_RAW_HARDWARE, name);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    internal static SafeFileHandle OpenRaw(string name)
    {
        try
        {
            return SysSocket.Create(SysSocket.AF_PACKET, SysSocket.SOCK_RAW, 0, name);
        }
        catch (LinuxException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
        {
            throw new MissingCapabilityException(name, "a packet socket", ["CAP_NET_RAW"], e);
        }
    }
}
