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

    /// <summary>The pool that its packets' bytes lie in.</summary>
    PagePool Pool { get; }

    /// <summary>The share of packets between this device and their router. It never refuses a page.</summary>
    PageShare DeviceShare { get; }

    /// <summary>The most packets that the device holds for the next calls of <see cref="Receive"/>; any number unless it knows.</summary>
    int MostAhead => int.MaxValue;

    /// <summary>
    /// Says in words why the source gives nothing (<see cref="ReceiveStatus.Down"/>); null while it gives packets. Any thread.
    /// </summary>
    string? Trouble => null;

    /// <summary>
    /// Makes the source ready. Called before the first <see cref="Receive"/>, and again after <see cref="ReceiveStatus.Down"/>. Never
    /// waits.
    /// </summary>
    /// <returns>Whether it is ready; if not, <see cref="Trouble"/> says why, and the caller asks again later.</returns>
    /// <exception cref="IOException">It cannot be made ready, and asking again is of no use.</exception>
    bool TryOpen() => true;

    /// <summary>Stops taking packets from the source. Packets that the device has already taken are still to be received.</summary>
    /// <returns>
    /// True if there might be such packets. <see cref="Receive"/> then gives them out, and soon returns <see cref="ReceiveStatus.End"/>.
    /// False for a device that takes nothing ahead.
    /// </returns>
    bool Drain() => false;

    /// <summary>
    /// Fills an empty bundle with packets that have arrived, at most its capacity. All are of one interface, which this sets on the bundle.
    /// Never waits. The bundle was rented with <see cref="DeviceShare"/>. For each appended packet the page has been taken on behalf of
    /// that share.
    /// </summary>
    /// <exception cref="CaptureFormatException">The capture is broken at this point. Every packet before it has been received.</exception>
    /// <exception cref="IOException">The source could not be read.</exception>
    ReceiveStatus Receive(PageBundle bundle);

    /// <summary>
    /// After <see cref="ReceiveStatus.Empty"/>: asks for one call of <paramref name="wake"/>, from any thread, when something might have
    /// arrived. A wake-up must not be lost; one too many is allowed.
    /// </summary>
    void WakeWhenReady(Action wake);

    /// <summary>
    /// Brings the counts of packets that the device itself lost up to date. Also once more after the device was disposed: what it had
    /// taken and nobody has received is lost then.
    /// </summary>
    void ReadLosses(QueueAccount account);
}
