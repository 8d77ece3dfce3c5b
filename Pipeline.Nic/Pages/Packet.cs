using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Nic.Pages;

/// <summary>
/// A descriptor: the place of a packet's bytes and the facts known about them. It owns nothing; the bytes belong to a page of the
/// pool of the bundle that carries the descriptor, and are valid until that bundle is disposed.
/// </summary>
/// <remarks>It has 32 bytes, two per cache line, because the cost of a handoff to another CPU is the number of cache lines moved.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 32)]
[DebuggerDisplay("{CapturedLength} of {WireLength} bytes at {Offset}, mark {Mark}, rule {Rule}, {Flags}")]
public struct Packet
{
    /// <summary>The largest number of rules whose place in the rule set fits into <see cref="Rule"/>.</summary>
    public const int MaxRules = (1 << RuleBits) - 1;

    private const int RuleBits = 24;
    private const uint RuleMask = (1u << RuleBits) - 1;

    /// <summary>Nanoseconds since 1970-01-01 UTC; 0 together with <see cref="PacketFlags.NoTimestamp"/> when the source had none.</summary>
    public long TimestampNanoseconds;

    /// <summary>Bytes from the start of the pool's region to the first byte of the packet.</summary>
    public uint Offset;

    /// <summary>Captured bytes of the packet.</summary>
    public int CapturedLength;

    /// <summary>
    /// Bytes the packet had on the wire, as the source says. It can be smaller than <see cref="CapturedLength"/>: some captures say so.
    /// </summary>
    public uint WireLength;

    /// <summary>The mark that the rules wrote on the packet; 0 is unmarked.</summary>
    public uint Mark;

    /// <summary>Symmetric flow hash; 0 until somebody asks for one.</summary>
    public uint FlowHash;

    /// <summary>The rule in the lower 24 bits, the flags above; compiled rules write both at once.</summary>
    internal uint RuleAndFlags;

    /// <summary>1-based place, in its generation's rule set, of the last rule that matched; 0 when none did.</summary>
    public int Rule
    {
        readonly get => (int)(RuleAndFlags & RuleMask);
        set => RuleAndFlags = (RuleAndFlags & ~RuleMask) | ((uint)value & RuleMask);
    }

    /// <summary>
    /// Other facts about the packet. It shares a word with <see cref="Rule"/>: setting either keeps the other, for one thread at a
    /// time.
    /// </summary>
    public PacketFlags Flags
    {
        readonly get => (PacketFlags)(RuleAndFlags >> RuleBits);
        set => RuleAndFlags = (RuleAndFlags & RuleMask) | ((uint)value << RuleBits);
    }

    /// <summary>
    /// Writes a descriptor with mark and rule 0. It uses a single store where the CPU has a wide enough one: the memory is in the cache of
    /// the bundle's last owner, and a CPU can wait for only a few stores at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(
        out Packet packet, long timestampNanoseconds, uint offset, uint captured, uint wire, uint flowHash = 0,
        PacketFlags flags = PacketFlags.None)
    {
        Unsafe.SkipInit(out packet);
        if (Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            var words = Vector256.Create(
                (ulong)timestampNanoseconds, offset | ((ulong)captured << 32), wire, flowHash | ((ulong)FlagBits(flags) << 32));
            Unsafe.As<Packet, Vector256<ulong>>(ref packet) = words;
            return;
        }

        packet = new Packet
        {
            TimestampNanoseconds = timestampNanoseconds, Offset = offset, CapturedLength = (int)captured, WireLength = wire,
            FlowHash = flowHash, Flags = flags,
        };
    }

    /// <summary>Flags as they lie in <see cref="RuleAndFlags"/>.</summary>
    internal static uint FlagBits(PacketFlags flags) => (uint)flags << RuleBits;

    /// <summary>Whether the packet has the flag, or at least one of several.</summary>
    public readonly bool Has(PacketFlags flag) => (Flags & flag) != 0;
}
