namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>What one pass over the bytes at hand came to.</summary>
/// <param name="Packets">Descriptors written; all of them of the page at hand and of one interface.</param>
/// <param name="Bytes">Captured bytes of all of them.</param>
/// <param name="Needed">
/// Bytes that must lie in one piece to go on, never more than a page; 0 when it stopped because the room was full, because the next
/// packet is of another interface, or at a fault.
/// </param>
internal readonly record struct ParsedRun(int Packets, long Bytes, int Needed);
