using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Captures;

/// <summary>Something that a router shows its packets to, once it is decided what becomes of them. It never waits.</summary>
/// <param name="at">The packets that it is shown.</param>
internal abstract class PacketPort(CapturePoint at)
{
    public CapturePoint At => at;

    /// <summary>Takes a look at a packet. Only for the router's thread.</summary>
    /// <param name="packet">One of the bundle's.</param>
    /// <param name="route">The consumer that its route leads to; null where none does.</param>
    /// <param name="reason">Why it was dropped; null where it was not.</param>
    /// <param name="isCopy">Whether it goes along that route as a copy.</param>
    public abstract void Show(PageBundle bundle, in Packet packet, string? route, DropReason? reason = null, bool isCopy = false);
}
