namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The result of one pass over the bytes that have been read.</summary>
/// <param name="Packets">Descriptors written. All of their packets are in the current page and of one interface.</param>
/// <param name="Bytes">Captured bytes of all of them.</param>
/// <param name="Needed">
/// Bytes that must lie in one piece before parsing can continue; never more than a page. 0 when it stopped because the room was full,
/// because the next packet is of another interface, or because of a fault.
/// </param>
internal readonly record struct ParsedRun(int Packets, long Bytes, int Needed);
