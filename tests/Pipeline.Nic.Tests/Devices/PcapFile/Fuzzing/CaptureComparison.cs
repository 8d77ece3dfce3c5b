using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Compares what the reader says with what the specifications say.</summary>
internal sealed class CaptureComparison(SpecifiedCapture expected)
{
    /// <param name="first">Place of the bundle's first packet in the capture.</param>
    public void Compare(PageBundle bundle, int first)
    {
        FuzzException.Unless(first + bundle.Count <= expected.Packets.Count, $"packet {first + bundle.Count} came, of {expected.Packets.Count}");
        for (var i = 0; i < bundle.Count; i++)
        {
            ref readonly var packet = ref bundle.Packets[i];
            var right = expected.Packets[first + i];
            var isRight = packet.CapturedLength == right.Captured && packet.WireLength == right.Wire;
            FuzzException.Unless(isRight, $"packet {first + i} has lengths {packet.CapturedLength} and {packet.WireLength}; right: {right}");
            isRight = packet.TimestampNanoseconds == (right.Time ?? 0) && packet.Has(PacketFlags.NoTimestamp) == right.Time is null;
            FuzzException.Unless(isRight, $"packet {first + i} has time {packet.TimestampNanoseconds}; right: {right}");
            isRight = bundle.BytesOf(packet).SequenceEqual(expected.Bytes.AsSpan(right.At, right.Captured));
            FuzzException.Unless(isRight, $"packet {first + i} has other bytes than {right}");
            isRight = bundle.Interface.Index == right.Interface;
            FuzzException.Unless(isRight, $"packet {first + i} is of interface {bundle.Interface.Index}; right: {right}");
        }
    }

    public void Compare(IReadOnlyList<NicInterface> interfaces)
    {
        FuzzException.Unless(interfaces.Count == expected.Interfaces.Count, $"{interfaces.Count} interfaces, of {expected.Interfaces.Count}");
        for (var i = 0; i < interfaces.Count; i++)
        {
            var (found, right) = (interfaces[i], expected.Interfaces[i]);
            var isRight = SpecifiedInterface.Canonical((int)found.LinkType) == SpecifiedInterface.Canonical(right.LinkType);
            FuzzException.Unless(isRight && found.SnapLength == right.SnapLength, $"interface {i} is {found.LinkType}, {found.SnapLength}; right: {right}");
            FuzzException.Unless(found.IsBigEndian == right.IsBigEndian, $"interface {i} is{(found.IsBigEndian ? "" : " not")} big-endian; right: {right}");
        }
    }

    public void Compare(CaptureFormatException? fault)
    {
        if (expected.BrokenAt is not { } at)
        {
            FuzzException.Unless(fault is null, $"a sound capture is refused: {fault?.Message}");
            return;
        }

        FuzzException.Unless(fault is not null, $"nothing is said of what is broken from byte {at} to {expected.BrokenEnd}");
        var isRight = fault!.ByteOffset >= at && fault.ByteOffset <= expected.BrokenEnd && fault.Fault.Length > 0;
        FuzzException.Unless(isRight, $"broken is what lies from byte {at} to {expected.BrokenEnd}; said is: {fault.Message}");
    }
}
