using System.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>How it comes to an interface: in the driver where that can be, and also just after a process that was killed.</summary>
internal sealed partial class XdpAttachment
{
    /// <summary>How long whoever had the interface may take to let go of it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Attaches a program that passes everything. On some drivers the interface's link goes down for a moment.</summary>
    /// <param name="wanted">Where the program must run; null prefers the driver.</param>
    /// <param name="queues">How many queues will have a socket.</param>
    /// <exception cref="XdpException">Another program is attached, the driver cannot run one, or the process lacks permission.</exception>
    public static XdpAttachment Open(string name, int netdev, XdpMode? wanted, int queues)
    {
        string? whyGeneric = null;
        if (wanted != XdpMode.Generic)
        {
            try
            {
                return Open(name, netdev, XdpMode.Native, queues, null);
            }
            catch (XdpException e) when (wanted is null && IsForDrivers(e))
            {
                whyGeneric = e.Message;
            }
        }

        return Open(name, netdev, XdpMode.Generic, queues, whyGeneric);
    }

    private static XdpAttachment Open(string name, int netdev, XdpMode mode, int queues, string? whyGeneric)
    {
        using var passing = PassingProgram.Load(mode);
        var link = AttachInTime(passing, name, netdev, mode);
        try
        {
            return new XdpAttachment(name, queues, link, passing.HasFragments, whyGeneric);
        }
        catch (LinuxException e)
        {
            link.Dispose();
            throw LoadedXdpProgram.Explained(e);
        }
    }

    /// <summary>Tries for a while: of a process that was killed the kernel detaches the program a moment later.</summary>
    private static XdpLink AttachInTime(PassingProgram program, string name, int netdev, XdpMode mode)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return XdpLink.Attach(program.Handle, name, netdev, mode);
            }
            catch (XdpException e) when (IsHeld(e) && Stopwatch.GetElapsedTime(since) < Patience)
            {
                Thread.Sleep(BetweenTries);
            }
        }
    }

    private static bool IsHeld(XdpException e) => e.InnerException is LinuxException { Errno: Errno.EBUSY or Errno.EEXIST };

    /// <summary>Whether it is the driver that refuses, so that the place after the driver remains.</summary>
    private static bool IsForDrivers(XdpException e) =>
        e.InnerException is LinuxException { Errno: Errno.EOPNOTSUPP or Errno.ERANGE or Errno.ENOSPC };
}
