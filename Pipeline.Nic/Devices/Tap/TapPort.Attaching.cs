using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>How descriptors are attached.</summary>
internal sealed partial class TapPort
{
    private const short Basic = IfTun.IFF_TAP | IfTun.IFF_NO_PI | IfTun.IFF_VNET_HDR;

    /// <returns>Why not; null where it is attached.</returns>
    private string? Reattach(TapEnd end, Action? beforeRenewal)
    {
        lock (_gate)
        {
            var found = Find();
            if (found is null && (!_isOurs || IsMacvtap)) return Absent().Message;
            if (found is not null && (!IsTap(found) || (found.Kind == MacvtapNode.Kind) != IsMacvtap))
                return $"{Name} came back as an interface of another kind";
            try
            {
                beforeRenewal?.Invoke();

                // A TAP's descriptor can be used again, and belongs to the namespace that it was opened in. A macvtap's cannot.
                var handle = IsMacvtap ? MacvtapNode.Open(found!) : end.Handle;
                if (TryAttach(handle, end.Receives, out var headerBytes) is { } refusal)
                {
                    if (handle != end.Handle) handle.Dispose();
                    return refusal.Message;
                }

                end.Renew(handle, headerBytes);
                return null;
            }
            catch (IOException e)
            {
                return e.Message;
            }
            catch (UnauthorizedAccessException e)
            {
                return e.Message;
            }
        }
    }

    private static SafeFileHandle OpenTun()
    {
        var descriptor = Fcntl.Open(IfTun.Path, Fcntl.O_RDWR | Fcntl.O_NONBLOCK, out var error);
        return error switch
        {
            Errno.None => new SafeFileHandle(descriptor, ownsHandle: true),
            Errno.ENOENT or Errno.ENXIO or Errno.ENODEV =>
                throw new UnavailableException($"{IfTun.Path} is not there: this kernel makes no TAPs until `modprobe tun`"),
            Errno.EACCES or Errno.EPERM =>
                throw new MissingCapabilityException(IfTun.Path, "opening it, which is another user's,", ["CAP_DAC_OVERRIDE"]),
            _ => throw new LinuxException("open", IfTun.Path, error),
        };
    }

    private Exception? TryAttach(SafeFileHandle handle, bool receives, out int headerBytes)
    {
        headerBytes = 0;
        var isNew = !IsMacvtap && Find() is null;

        // Several queues are asked for always: a TAP that was made for one takes nobody else, not even somebody who only writes.
        var error = IfTun.Attach(handle, Name, Basic | IfTun.IFF_MULTI_QUEUE);
        var isMulti = error == Errno.None;
        if (error == Errno.EINVAL) error = IfTun.Attach(handle, Name, Basic);
        if (error != Errno.None) return Refusal(error);
        if (!receives && isMulti) IfTun.DetachQueue(handle);
        headerBytes = HeaderOf(handle, isNew);
        if (headerBytes is < 0 or > TapEnd.MostHeaderBytes)
            return new UnavailableException($"{Name}: {headerBytes} bytes before each packet; expected at most {TapEnd.MostHeaderBytes}");
        if (receives && _offloads != 0) IfTun.SetOffloads(handle, _offloads);
        if (isNew) NetDevice.TryBringUp(_socket, Name);
        return null;
    }

    /// <summary>
    /// Of an interface that somebody else made, the header is as it is: all of its queues have the same, whatever a further one asks for.
    /// </summary>
    private int HeaderOf(SafeFileHandle handle, bool isNew)
    {
        if (IfTun.Attached(handle, out _) is not { } attached || (attached.Flags & IfTun.IFF_VNET_HDR) == 0) return 0;
        if (isNew || IsMacvtap) IfTun.SetHeaderBytes(handle, TapEnd.UsualHeaderBytes);
        return IfTun.HeaderBytes(handle);
    }

    private Exception Refusal(Errno error) => error switch
    {
        Errno.EPERM or Errno.EACCES => new MissingCapabilityException(Name, "a new TAP, or another user's,", ["CAP_NET_ADMIN"]),
        Errno.EBUSY => new UnavailableException(
            $"{Name} has somebody at its other end and was made for one; "
            + $"expected one made by `ip tuntap add dev {Name} mode tap multi_queue`"),
        Errno.E2BIG => new UnavailableException(
            $"{Name} has all the queues that a TAP can have; expected fewer programs at its other end"),
        _ => new LinuxException("TUNSETIFF", Name, error),
    };
}
