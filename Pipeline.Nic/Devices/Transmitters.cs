using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.Tap;

namespace Pipeline.Nic.Devices;

/// <summary>Opens devices that send packets.</summary>
public static class Transmitters
{
    /// <summary>Whether there is a device for targets of this kind.</summary>
    public static bool Opens(TransmitKind kind) => kind is TransmitKind.Interface or TransmitKind.Tap;

    /// <summary>Opens the device that sends to a target.</summary>
    /// <param name="to">The target; an interface is looked for in the network namespace of the calling thread.</param>
    /// <returns>The device, which the caller owns.</returns>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to send on it.</exception>
    /// <exception cref="IOException">It is of a kind that is not sent to, or nothing here can send to such targets.</exception>
    public static ITransmitter Open(TransmitTarget to) => to.Kind switch
    {
        TransmitKind.Interface => PacketTransmitter.Open(to.Name),
        TransmitKind.Tap => TapTransmitter.Open(to.Name),
        _ => throw new IOException(NothingTransmits(to)),
    };

    /// <summary>The message where no device can send to a target.</summary>
    public static string NothingTransmits(TransmitTarget to) =>
        $"nothing here can transmit to {to}: this version has no device that sends there; expected another handler"
        + (Opens(to.Kind) ? "" : ", or `if:NAME`");
}
