using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// A program attached to an interface. It is detached with this object, and also when the process dies. Any thread; the owner of the
/// attached program disposes it. The program keeps running until it is replaced or detached.
/// </summary>
public sealed class XdpLink : IDisposable
{
    private readonly SafeFileHandle _link;

    private XdpLink(SafeFileHandle link, string netdev, int interfaceIndex, XdpMode mode) =>
        (_link, Netdev, InterfaceIndex, Mode) = (link, netdev, interfaceIndex, mode);

    /// <summary>The interface's name.</summary>
    public string Netdev { get; }

    /// <summary>The interface's number when the program was attached.</summary>
    internal int InterfaceIndex { get; }

    /// <summary>Where the program runs, as it was asked for; it does not change with <see cref="Replace"/>.</summary>
    public XdpMode Mode { get; }

    /// <summary>Attaches a program. On some drivers the interface's link goes down for a moment.</summary>
    /// <param name="interfaceIndex">In the network namespace of this process.</param>
    /// <exception cref="XdpException">Another program is attached, the driver cannot run one, or the process lacks permission.</exception>
    public static XdpLink Attach(LoadedXdpProgram program, string netdev, int interfaceIndex, XdpMode mode) =>
        Attach(program.Handle, netdev, interfaceIndex, mode);

    /// <inheritdoc cref="Attach(LoadedXdpProgram, string, int, XdpMode)"/>
    internal static XdpLink Attach(SafeFileHandle program, string netdev, int interfaceIndex, XdpMode mode)
    {
        try
        {
            return new XdpLink(Bpf.CreateXdpLink(program, interfaceIndex, (uint)mode, netdev), netdev, interfaceIndex, mode);
        }
        catch (LinuxException e)
        {
            throw new XdpException(Reason(e, netdev, interfaceIndex, mode), e.Errno is Errno.EPERM or Errno.EACCES, e);
        }
    }

    /// <summary>Puts another program in place of the one attached: each packet goes through one or the other, and none is lost.</summary>
    /// <exception cref="XdpException">The interface is gone.</exception>
    public void Replace(LoadedXdpProgram program)
    {
        if (!TryReplace(program)) throw new XdpException($"{Netdev}: the interface that the program was attached to is gone");
    }

    /// <inheritdoc cref="Replace"/>
    /// <returns>False where the interface is gone. One that went to another network namespace is not: its program goes with it.</returns>
    /// <exception cref="XdpException">The kernel refuses it for another reason.</exception>
    internal bool TryReplace(LoadedXdpProgram program)
    {
        try
        {
            Bpf.UpdateLink(_link, program.Handle, Netdev);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOLINK)
        {
            return false;
        }
        catch (LinuxException e)
        {
            throw new XdpException(e.Message, inner: e);
        }
    }

    /// <summary>Detaches the program that is attached at the time. Packets already in the kernel have gone through it.</summary>
    public void Dispose()
    {
        if (_link.IsClosed) return;
        Bpf.DetachLink(_link);
        _link.Dispose();
    }

    private static string Reason(LinuxException e, string netdev, int interfaceIndex, XdpMode mode) => e.Errno switch
    {
        Errno.EBUSY or Errno.EEXIST => Occupied(netdev, interfaceIndex),
        Errno.EOPNOTSUPP => $"the driver of {netdev} runs no XDP programs in {mode.ToString().ToLowerInvariant()} "
            + $"mode{(mode == XdpMode.Native ? "; generic mode works everywhere" : "")}",
        Errno.ERANGE =>
            $"packets of {netdev} can be longer than its driver takes with this XDP program; lower the MTU (of a veth: the peer's)",
        Errno.ENOSPC => $"{netdev} has fewer receive queues than its driver needs for XDP (of a veth: than the peer has transmit queues); "
            + $"`ethtool -L {netdev} rx N` raises their number",
        Errno.ENODEV or Errno.EINVAL => $"{netdev} is not there, or cannot carry the program: {e.Message}",
        Errno.EPERM or Errno.EACCES => $"{e.Message}; attaching XDP programs needs the capabilities CAP_BPF and CAP_NET_ADMIN, or root",
        _ => e.Message,
    };

    /// <summary>
    /// Whose the program is, and the way out. Nobody else can detach a program that a link holds: `ip link set xdp off` is refused.
    /// </summary>
    private static string Occupied(string netdev, int interfaceIndex)
    {
        using var links = RtNetlink.Open();
        var id = links.Find(interfaceIndex)?.XdpProgram ?? 0;
        var program = id > 0 ? $"XDP program {id}" : "an XDP program";
        return id > 0 && ProcessFiles.AttacherOf(id) is var (process, command)
            ? $"{netdev} has {program} already, which {Quoted.Short(command)} (process {process}) holds; an interface has one, so end that "
                + $"process first (kill {process})"
            : $"{netdev} has {program} already; end the process that holds its link (bpftool link), or detach it if it has none "
                + $"(`ip link set dev {netdev} xdp off`)";
    }
}
