using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>Opens the character device that is the other end of a macvtap.</summary>
/// <remarks>
/// The kernel names it <c>/dev/tapN</c> by the interface's number, and numbers repeat across network namespaces. So the node of that name
/// can be another interface's, and opens without complaint. In a container it can be absent. Which device is meant only sysfs tells.
/// </remarks>
internal static class MacvtapNode
{
    /// <summary>The kind of such interfaces (Linux, drivers/net/macvtap.c).</summary>
    public const string Kind = "macvtap";

    private static int _made;

    /// <summary>
    /// Whether the process has the rights to open its node. It is not opened, because that would take a share of the packets.
    /// </summary>
    /// <returns>Null where the node is not there or is another interface's, and where its device cannot be found out.</returns>
    public static bool? CanOpen(LinkFacts link)
    {
        try
        {
            return IsNodeOf(DeviceOf(link), link) ? Unistd.CanReadAndWrite(NodeOf(link)) : null;
        }
        catch (UnavailableException)
        {
            return null;
        }
    }

    /// <exception cref="UnavailableException">Its device cannot be found out.</exception>
    /// <exception cref="MissingCapabilityException">The process may not open or make the node.</exception>
    /// <exception cref="LinuxException">The device cannot be opened.</exception>
    public static SafeFileHandle Open(LinkFacts link)
    {
        var (major, minor) = DeviceOf(link);
        var node = NodeOf(link);
        if (IsNodeOf((major, minor), link)) return OpenNode(node, link);

        var own = $"/dev/.pipeline-tap-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
        var error = Stat.MakeCharacterDevice(own, major, minor);
        if (error is Errno.EPERM or Errno.EACCES)
            throw new MissingCapabilityException(link.Name, $"a node for its device {major}:{minor}, which {node} is not,", ["CAP_MKNOD"]);
        if (error != Errno.None) throw new LinuxException("mknod", own, error);
        try
        {
            return OpenNode(own, link);
        }
        finally
        {
            File.Delete(own);
        }
    }

    private static string NodeOf(LinkFacts link) => $"/dev/tap{link.Index}";

    private static bool IsNodeOf((uint Major, uint Minor) device, LinkFacts link) => Stat.CharacterDeviceOf(NodeOf(link)) == device;

    private static SafeFileHandle OpenNode(string node, LinkFacts link)
    {
        var descriptor = Fcntl.Open(node, Fcntl.O_RDWR | Fcntl.O_NONBLOCK, out var error);
        return error switch
        {
            Errno.None => new SafeFileHandle(descriptor, ownsHandle: true),
            Errno.EACCES or Errno.EPERM => throw new MissingCapabilityException(
                link.Name, $"opening {node}, which is another user's,", ["CAP_DAC_OVERRIDE"]),
            _ => throw new LinuxException("open", node, error),
        };
    }

    /// <summary>The device's number, by what sysfs says of the interface of that name, number and address.</summary>
    private static (uint Major, uint Minor) DeviceOf(LinkFacts link)
    {
        try
        {
            var folder = $"/sys/class/net/{link.Name}";
            var address = File.ReadAllText($"{folder}/address").Trim().Replace(":", "", StringComparison.Ordinal);
            if (address.Equals(Convert.ToHexString(link.Address), StringComparison.OrdinalIgnoreCase))
            {
                var numbers = File.ReadAllText($"{folder}/tap{link.Index}/dev").Trim().Split(':');
                return (uint.Parse(numbers[0], CultureInfo.InvariantCulture), uint.Parse(numbers[1], CultureInfo.InvariantCulture));
            }
        }
        catch (IOException)
        {
            // Told below.
        }

        throw new UnavailableException(
            $"{link.Name}: /sys/class/net does not show it, so that its device cannot be found; expected sysfs to be that of its network "
            + "namespace (`ip netns exec` mounts it so)");
    }
}
