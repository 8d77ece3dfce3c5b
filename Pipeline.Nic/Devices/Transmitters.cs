using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.Tap;

namespace Pipeline.Nic.Devices;

/// <summary>Opens devices that send packets.</summary>
public static class Transmitters
{
    /// <summary>Opens the device that sends to a target.</summary>
    /// <param name="to">The target; an interface is looked for in the network namespace of the calling thread.</param>
    /// <returns>The device, which the caller owns.</returns>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to send on it.</exception>
    /// <exception cref="IOException">It is of a kind that is not sent to.</exception>
    public static ITransmitter Open(TransmitTarget to) =>
        to.Kind == TransmitKind.Tap ? TapTransmitter.Open(to.Name) : PacketTransmitter.Open(to.Name);

    /// <summary>The message where the program that embeds a pipeline lets nothing transmit.</summary>
    public static string NothingTransmits(TransmitTarget to) =>
        $"nothing here can transmit to {to}: the program opens no device that sends; expected another handler";
}
