using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// The bypass handler <c>forward</c>: gives packets to a device that transmits. They count as delivered when the device has sent them,
/// and as <see cref="DropReason.TxFull"/> where it had no room.
/// </summary>
/// <remarks>
/// What the interface dropped after that is the counter <c>interface-lost</c>. The interface counts it once for all instances, so the first
/// instance tells it.
/// </remarks>
public sealed class ForwardConsumer : IBundleConsumer, INotingConsumer
{
    private readonly ITransmitter _transmitter;
    private readonly HandlerCounter? _interfaceLost;

    /// <param name="transmitter">The device; this consumer owns it.</param>
    /// <param name="context">Holds its counter; null where nobody reads it.</param>
    public ForwardConsumer(ITransmitter transmitter, HandlerContext? context = null)
    {
        _transmitter = transmitter;
        _interfaceLost = context is { Instance: 0 } ? context.Counter("interface-lost") : null;
    }

    /// <inheritdoc/>
    public int InFlight => _transmitter.InFlight;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _transmitter.Notes;

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public bool TryTake(PageBundle bundle) => _transmitter.TryTransmit(bundle);

    /// <summary>Gets the packets that the device had no room for.</summary>
    public void Consume(scoped PacketBatch batch) => batch.Reject(DropReason.TxFull, batch.Count, batch.Bytes);

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public void Flush()
    {
        _transmitter.Reap();
        _interfaceLost?.Set(_transmitter.InterfaceLost);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public void Complete() => Flush();

    /// <summary>Disposes the device: packets it has not sent are settled as <see cref="DropReason.Shutdown"/>.</summary>
    public void Dispose()
    {
        _transmitter.Dispose();
        _interfaceLost?.Set(_transmitter.InterfaceLost);
    }
}
