using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices;

/// <summary>
/// The device contract, in bursts. Everything but <see cref="IDisposable.Dispose"/> is for one thread at a time.
/// </summary>
public interface INicQueue : IDisposable
{
    /// <summary>The queue's name in reports, such as <c>pcap:0</c>.</summary>
    string Name { get; }

    /// <summary>Where its packets' bytes lie.</summary>
    PagePool Pool { get; }

    /// <summary>The share of packets between this device and whoever routes them; never refused.</summary>
    PageShare DeviceShare { get; }

    /// <summary>Why the source gives nothing (<see cref="ReceiveStatus.Down"/>), in words; null while it does. Any thread.</summary>
    string? Trouble => null;

    /// <summary>
    /// Makes the source ready: before the first <see cref="Receive"/>, and again after <see cref="ReceiveStatus.Down"/>. Never waits.
    /// </summary>
    /// <returns>Whether it is ready; if not, <see cref="Trouble"/> says why, and the caller asks again later.</returns>
    /// <exception cref="IOException">It cannot be made ready, and asking again is of no use.</exception>
    bool TryOpen() => true;

    /// <summary>Takes nothing more from the source from here on. What the device has taken before is still to be received.</summary>
    /// <returns>
    /// Whether there may be such packets: <see cref="Receive"/> then gives them out and comes to <see cref="ReceiveStatus.End"/> soon. A
    /// device that takes nothing ahead says no.
    /// </returns>
    bool Drain() => false;

    /// <summary>
    /// Fills an empty bundle with what has arrived, at most its capacity, all of one interface, which it sets. Never waits.
    /// The bundle was rented with <see cref="DeviceShare"/>; for each packet appended the page has been taken for it.
    /// </summary>
    /// <exception cref="CaptureFormatException">The capture is broken at this point. Every packet before it has been received.</exception>
    /// <exception cref="IOException">The source could not be read.</exception>
    ReceiveStatus Receive(PageBundle bundle);

    /// <summary>
    /// After <see cref="ReceiveStatus.Empty"/>: asks for one call of <paramref name="wake"/>, from any thread, when something may have
    /// arrived. A wake-up cannot be lost; one too many is allowed.
    /// </summary>
    void WakeWhenReady(Action wake);

    /// <summary>Brings the counts of what the device itself lost up to date.</summary>
    void ReadLosses(QueueAccount account);
}
