using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices;

/// <summary>
/// A device that sends packets, in bursts. Everything is for one thread at a time; completions may be settled on any thread.
/// </summary>
/// <remarks>
/// Disposing ends it: what has not completed is settled as <see cref="Accounts.DropReason.Shutdown"/>, and its pages go home when the
/// hardware has let go of them.
/// </remarks>
public interface ITransmitter : IDisposable
{
    /// <summary>How reports name it, such as <c>if:guest0</c>.</summary>
    string Name { get; }

    /// <summary>Bundles it has taken and not completed.</summary>
    int InFlight { get; }

    /// <summary>
    /// Takes a bundle to send. Never waits. From <c>true</c> on the bundle is the device's: it keeps the pages until the packets have
    /// left, settles the bundle as delivered at completion, and disposes it, once. Packets of it that found no room are rejected with
    /// <see cref="Accounts.DropReason.TxFull"/> before.
    /// </summary>
    /// <returns>False when there is room for no packet of it: the bundle stays the caller's, untouched.</returns>
    /// <exception cref="IOException">The device is beyond use. The bundle stays the caller's.</exception>
    bool TryTransmit(PageBundle bundle);

    /// <summary>Makes the device send what it has, and settles what it completed since. Never waits.</summary>
    /// <exception cref="IOException">The device is beyond use.</exception>
    void Reap();
}
