using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// The bypass handler <c>forward</c>: gives packets to a device that transmits. They count as delivered when the device has sent them,
/// and as <see cref="DropReason.TxFull"/> where it had no room.
/// </summary>
/// <param name="transmitter">The device; this consumer owns it.</param>
public sealed class ForwardConsumer(ITransmitter transmitter) : IBundleConsumer
{
    /// <summary>The message where no device can transmit.</summary>
    public static string NothingTransmits(TransmitTarget to) =>
        $"nothing here can transmit to {to}: this version has no device that sends packets; expected another handler";

    /// <inheritdoc/>
    public int InFlight => transmitter.InFlight;

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public bool TryTake(PageBundle bundle) => transmitter.TryTransmit(bundle);

    /// <summary>Gets the packets that the device had no room for.</summary>
    public void Consume(scoped PacketBatch batch) => batch.Reject(DropReason.TxFull, batch.Count, batch.Bytes);

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public void Flush() => transmitter.Reap();

    /// <inheritdoc/>
    /// <exception cref="IOException">The device is beyond use.</exception>
    public void Complete() => transmitter.Reap();

    /// <summary>Disposes the device: packets it has not sent are settled as <see cref="DropReason.Shutdown"/>.</summary>
    public void Dispose() => transmitter.Dispose();
}
