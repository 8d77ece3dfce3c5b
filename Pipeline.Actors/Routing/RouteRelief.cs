using System.Diagnostics;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Leaves the packets of one route to the normal stack for a while, as the route's options allow: while it is beyond its share, or while no
/// instance of its group takes anything. A device that takes packets from this machine's stack is told, because what it has taken cannot be
/// given back; it leaves later packets there. Any thread.
/// </summary>
/// <param name="device">The device that takes packets; null for a source whose packets can be sent to the stack consumer.</param>
/// <param name="verdict">The route's place among the verdicts that the device got.</param>
[DebuggerDisplay("verdict {_verdict}: {_reasons} reasons")]
internal sealed class RouteRelief(IRuleOffload? device, int verdict)
{
    private readonly Lock _gate = new();
    private readonly int _verdict = verdict;
    private volatile int _reasons;

    /// <summary>Whether the device does it, and software gets no more such packets after a moment.</summary>
    public bool IsByDevice => device is not null;

    /// <summary>Whether there is a reason now.</summary>
    public bool IsOn => _reasons > 0;

    /// <summary>There is one reason more, or one less.</summary>
    public void Change(bool isMore)
    {
        lock (_gate)
        {
            var was = IsOn;
            _reasons += isMore ? 1 : -1;
            if (was != IsOn) device?.Leave(_verdict, IsOn);
        }
    }
}
