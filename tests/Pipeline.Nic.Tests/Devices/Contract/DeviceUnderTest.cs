using Pipeline.Nic.Devices;

namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>A device with one queue, and a wire that the test has in its hand.</summary>
internal abstract class DeviceUnderTest : IDisposable
{
    public abstract INic Nic { get; }

    public INicQueue Queue => Nic.Queues[0];

    /// <summary>What the interface says that it lost before the device could see it.</summary>
    public virtual long InterfaceDrops => 0;

    /// <summary>Whether the device takes packets before it is asked for them, so that some are left when it is drained.</summary>
    public virtual bool TakesAhead => false;

    /// <summary>Puts packets on the wire. A source that has them from the beginning does nothing.</summary>
    public virtual void Send(IEnumerable<byte[]> packets)
    {
    }

    public abstract void Dispose();
}
