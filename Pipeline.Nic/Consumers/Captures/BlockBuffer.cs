using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// Whole blocks to be written to a file, and the accounts of their packets. It owns its memory, and must settle the packets in it. Their
/// accounts hold them when they come in, and they are settled when the kernel has answered.
/// </summary>
internal sealed unsafe class BlockBuffer : IDisposable
{
    /// <summary>The length that marks a block that is not a packet.</summary>
    private const int NoPacket = int.MinValue;

    // Packets shorter than this are rare. Only with them does the list of blocks fill up before the bytes do.
    private const int UsualBlockBytes = 32;

    private readonly SharedPackets? _shared;
    private readonly List<Run> _runs = [];
    private readonly Block[] _blocks;
    private byte* _memory;
    private int _capacity;
    private int _count;
    private PacketAccount? _account;
    private CapturedInterface? _interface;

    /// <param name="capacity">Bytes to start with.</param>
    /// <param name="shared">Counts packets that lie in several files.</param>
    public BlockBuffer(int capacity, SharedPackets? shared = null)
    {
        _shared = shared;
        _capacity = capacity;
        _blocks = new Block[capacity / UsualBlockBytes];
        _memory = (byte*)NativeMemory.Alloc((nuint)capacity);
    }

    /// <summary>All that is in it, until it is settled.</summary>
    public ReadOnlySpan<byte> Bytes => new(_memory, Used);

    /// <summary>Where the next block goes.</summary>
    public byte* Next => _memory + Used;

    public int Used { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoomFor(int bytes) => bytes <= _capacity - Used && _count < _blocks.Length;

    /// <summary>
    /// Makes the empty buffer large enough for one block. The packet lies in memory already, and bounds the block's size.
    /// </summary>
    public void Grow(int bytes)
    {
        if (bytes <= _capacity) return;
        _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)bytes);
        _capacity = bytes;
    }

    public void Commit(int bytes) => Add(bytes, NoPacket);

    /// <param name="bytes">Length of the block.</param>
    /// <param name="length">Captured length as its account knows it, or the complement of its place among the shared packets.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CommitPacket(int bytes, int length, PacketAccount account, CapturedInterface from)
    {
        if (!ReferenceEquals(account, _account) || !ReferenceEquals(from, _interface)) StartRun(account, from);
        Add(bytes, length);
    }

    /// <summary>
    /// Empties the buffer. Packets wholly among the first <paramref name="taken"/> bytes are delivered, the others dropped.
    /// </summary>
    /// <returns>Where the last block that was taken whole ends.</returns>
    public int Settle(long taken)
    {
        var whole = Used;
        for (var i = _count - 1; whole > taken; i--) whole = i < 0 ? 0 : _blocks[i].End;
        for (var i = 0; i < _runs.Count; i++) SettleRun(_runs[i], i + 1 < _runs.Count ? _runs[i + 1].FirstBlock : _count, taken);

        _runs.Clear();
        _account = null;
        _interface = null;
        _count = 0;
        Used = 0;
        return whole;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
    }

    private void StartRun(PacketAccount account, CapturedInterface from)
    {
        _runs.Add(new Run(account, from, _count));
        _account = account;
        _interface = from;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int bytes, int length)
    {
        Used += bytes;
        _blocks[_count++] = new Block(Used, length);
    }

    private void SettleRun(in Run run, int end, long taken)
    {
        PacketTally delivered = default, dropped = default;
        foreach (ref readonly var block in _blocks.AsSpan(run.FirstBlock, end - run.FirstBlock))
        {
            if (block.Length == NoPacket) continue;
            var isTaken = block.End <= taken;
            if (isTaken) run.Interface.Written++;
            if (block.Length < 0) _shared!.Release(~block.Length, isTaken);
            else if (isTaken) delivered = delivered.Plus(1, block.Length);
            else dropped = dropped.Plus(1, block.Length);
        }

        if (delivered.Packets > 0) run.Account.HeldDelivered(delivered.Packets, delivered.Bytes);
        if (dropped.Packets > 0) Drop(run, dropped);
    }

    private static void Drop(in Run run, PacketTally dropped)
    {
        run.Account.HeldDropped(DropReason.OutputError, dropped.Packets, dropped.Bytes);
        if (run.Account.Kind != AccountKind.Copy) run.Interface.Source.CountDropped(dropped.Packets);
    }

    private readonly record struct Block(int End, int Length);

    private readonly record struct Run(PacketAccount Account, CapturedInterface Interface, int FirstBlock);
}
