using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>
/// A TAP or a macvtap of this machine, by its name, in the network namespace of the thread that opened it. Where there is no interface of
/// that name, a TAP is made and brought up; it is gone with its last descriptor. Any thread.
/// </summary>
internal sealed partial class TapPort : IDisposable
{
    private const ushort Ethernet = NetDevice.ARPHRD_ETHER;

    private readonly Lock _gate = new();
    private readonly RtNetlink _links;
    private readonly SafeFileHandle _socket;
    private readonly uint _offloads;
    private readonly bool _isOurs;

    private TapPort(string name, RtNetlink links, SafeFileHandle socket, uint offloads, LinkFacts? found)
    {
        (Name, _links, _socket, _offloads) = (name, links, socket, offloads);
        (_isOurs, IsMacvtap) = (found is null, found?.Kind == MacvtapNode.Kind);
    }

    /// <summary>The name that it was opened by. The interface can get another one later.</summary>
    public string Name { get; }

    /// <summary>Whether it is a macvtap, whose packets come from and go to the wire of the interface below it.</summary>
    public bool IsMacvtap { get; }

    /// <summary>Looks for the interface.</summary>
    /// <param name="name">Its name, or that of a TAP to be made.</param>
    /// <param name="offloads">TUN_F_..., for those who read; 0 to leave them as they are.</param>
    /// <exception cref="UnavailableException">There is an interface of that name, of another kind, or the name is none.</exception>
    public static TapPort Open(string name, uint offloads = 0)
    {
        if (name.Contains('%'))
            throw new UnavailableException($"{name}: the kernel would put a number for the %; expected a name without it");
        var links = RtNetlink.Open();
        SafeFileHandle? socket = null;
        try
        {
            socket = SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, SysSocket.NETLINK_ROUTE, "interfaces");
            var found = links.Find(name);
            if (found is not null && !IsTap(found)) throw new UnavailableException(NoTap(found));
            return new TapPort(name, links, socket, offloads, found);
        }
        catch
        {
            links.Dispose();
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Attaches a further queue.</summary>
    /// <param name="receives">
    /// Whether it is read from. One that only writes takes no part in what the interface sends, where the interface has several queues.
    /// </param>
    /// <exception cref="MissingCapabilityException">The process may not make or use TAPs.</exception>
    /// <exception cref="UnavailableException">The interface takes no more queues.</exception>
    /// <exception cref="IOException">The kernel has no TAPs, or refuses this one.</exception>
    public TapEnd OpenEnd(bool receives)
    {
        lock (_gate)
        {
            var handle = IsMacvtap ? MacvtapNode.Open(Find() ?? throw Absent()) : OpenTun();
            try
            {
                if (TryAttach(handle, receives, out var headerBytes) is { } refusal) throw refusal;
                return new TapEnd(handle, headerBytes, receives);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    /// <summary>Why an end gives no packets now; null where it does. An interface that is back is attached to again.</summary>
    /// <param name="beforeRenewal">Is called before the end gets another descriptor.</param>
    public string? WhyNot(TapEnd end, Action? beforeRenewal = null)
    {
        var attached = IfTun.Attached(end.Handle, out _);
        if (attached is null && Reattach(end, beforeRenewal) is { } trouble) return trouble;
        var name = attached?.Name ?? Name;

        // One that has gone to another namespace cannot be asked, and still works.
        return NetDevice.IsUp(_socket, name) == false ? $"{name} is down" : null;
    }

    /// <summary>The longest packet without its link header that the interface sends; null where it cannot be found.</summary>
    public int? Mtu(TapEnd end) =>
        IfTun.Attached(end.Handle, out _) is { } attached ? NetDevice.MtuOf(_socket, attached.Name) : null;

    public void Dispose()
    {
        lock (_gate)
        {
            _links.Dispose();
            _socket.Dispose();
        }
    }

    private static bool IsTap(LinkFacts link) => (link.Kind == "tun" && link.Hardware == Ethernet) || link.Kind == MacvtapNode.Kind;

    private static string NoTap(LinkFacts link)
    {
        var what = link.Kind switch
        {
            "tun" => "a TUN, without Ethernet headers",
            { } kind => $"of the kind {kind}",
            null => "no virtual interface",
        };
        return $"{link.Name} is no TAP: it is {what}; expected a TAP, a macvtap, or a name that is free";
    }

    private LinkFacts? Find() => _links.Find(Name);

    private FileNotFoundException Absent() => new($"there is no interface {Name}");
}
