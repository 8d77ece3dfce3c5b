using System.Runtime.InteropServices;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// Packets and bytes, added once per bundle by whichever thread ends it, and readable by anyone.
/// It has cache lines of its own, so that counting here does not slow a neighbour that counts elsewhere.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PacketCounter
{
    [FieldOffset(56)]
    private long _packets;

    [FieldOffset(64)]
    private long _bytes;

    public void Add(long packets, long bytes)
    {
        Interlocked.Add(ref _packets, packets);
        Interlocked.Add(ref _bytes, bytes);
    }

    public readonly PacketTally Read() => new(Volatile.Read(in _packets), Volatile.Read(in _bytes));
}
