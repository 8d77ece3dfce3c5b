using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices;

/// <summary>
/// A device that sends packets, in bursts. Everything is for one thread at a time; completions may be settled on any thread.
/// </summary>
/// <remarks>
/// Disposing ends it: packets that have not completed are settled as <see cref="Accounts.DropReason.Shutdown"/>, and its pages go home when
/// the hardware has let go of them.
/// </remarks>
public interface ITransmitter : IDisposable
{
    /// <summary>Its name in reports, such as <c>if:guest0</c>.</summary>
    string Name { get; }

    /// <summary>Bundles it has taken and not completed.</summary>
    int InFlight { get; }

    /// <summary>
    /// Packets that its interface dropped after they had counted as delivered, as far as the interface says. Any thread.
    /// </summary>
    long InterfaceLost => 0;

    /// <summary>Short sentences for the report: what was not sent, and why. Any thread.</summary>
    IReadOnlyList<string> Notes => [];

    /// <summary>
    /// Takes a bundle to send. Never waits. Once this returns <c>true</c>, the bundle is the device's. The device keeps the pages until the
    /// packets have left, settles the bundle as delivered at completion, and disposes it, once. Before it returns, packets that found no
    /// room are rejected with <see cref="Accounts.DropReason.TxFull"/>.
    /// </summary>
    /// <returns>False when there is no room for any of its packets. The bundle then stays the caller's, untouched.</returns>
    /// <exception cref="IOException">The device can no longer be used. The bundle stays the caller's.</exception>
    bool TryTransmit(PageBundle bundle);

    /// <summary>Makes the device send its packets, and settles those it has completed since. Never waits.</summary>
    /// <exception cref="IOException">The device is beyond use.</exception>
    void Reap();
}
