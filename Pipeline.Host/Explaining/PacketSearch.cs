using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Explaining;

/// <summary>Finds a packet by its number.</summary>
internal static class PacketSearch
{
    public delegate T Look<out T>(NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes);

    /// <param name="nic">The source, which is read up to the packet and not disposed.</param>
    /// <param name="number">The packet's number, from 1.</param>
    /// <param name="look">Called once. The packet's bytes are valid only during the call.</param>
    /// <exception cref="UsageException">There are fewer packets than that.</exception>
    /// <exception cref="CaptureFormatException">The capture is broken before that packet.</exception>
    public static T Find<T>(INic nic, long number, Look<T> look)
    {
        var (before, found, seen) = (0L, false, default(T));
        BundleWalk.Through(nic, bundle =>
        {
            found = number - before <= bundle.Count;
            if (found) seen = At(bundle, (int)(number - before - 1), look);
            else before += bundle.Count;
            return !found;
        });
        return found ? seen! : throw new UsageException($"-n {number}: {nic.Name} has {before} packets");
    }

    private static T At<T>(PageBundle bundle, int index, Look<T> look)
    {
        ref var packet = ref bundle.Packets[index];
        return look(bundle.Interface, packet, bundle.BytesOf(packet));
    }
}
