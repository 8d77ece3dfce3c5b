namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>A packet, as the specification of its format says where it lies and what it is.</summary>
/// <param name="At">Where its bytes start in the capture.</param>
/// <param name="Time">Nanoseconds since 1970; null when the capture says none.</param>
/// <param name="Interface">Place among the interfaces of the whole capture.</param>
internal readonly record struct SpecifiedPacket(int At, int Captured, uint Wire, long? Time, int Interface);
