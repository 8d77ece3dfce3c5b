using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// Packets that lie in the buffers of several files at once. Each counts once: as delivered when all of its files took it.
/// </summary>
internal sealed class SharedPackets
{
    private Slot[] _slots = new Slot[64];
    private readonly Stack<int> _free = new();
    private int _made;

    /// <param name="length">Captured bytes, as the account counts them.</param>
    /// <param name="files">How many times it will be released.</param>
    public int Add(PacketAccount account, NicInterface from, int length, int files)
    {
        if (!_free.TryPop(out var slot)) slot = _made++;
        if (slot == _slots.Length) Array.Resize(ref _slots, 2 * slot);
        _slots[slot] = new Slot { Account = account, Interface = from, Length = length, Files = files };
        return slot;
    }

    /// <summary>One of its files has, or has not, taken the packet.</summary>
    public void Release(int slot, bool taken)
    {
        ref var packet = ref _slots[slot];
        packet.IsLost |= !taken;
        if (--packet.Files > 0) return;
        Settle(packet);
        packet = default;
        _free.Push(slot);
    }

    private static void Settle(in Slot packet)
    {
        if (!packet.IsLost)
        {
            packet.Account.HeldDelivered(1, packet.Length);
            return;
        }

        packet.Account.HeldDropped(DropReason.OutputError, 1, packet.Length);
        if (packet.Account.Kind != AccountKind.Copy) packet.Interface.CountDropped(1);
    }

    private struct Slot
    {
        public PacketAccount Account;
        public NicInterface Interface;
        public int Length;
        public int Files;
        public bool IsLost;
    }
}
