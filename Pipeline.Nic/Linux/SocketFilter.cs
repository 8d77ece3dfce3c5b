using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/filter.h: classic BPF on a socket (SO_ATTACH_FILTER).</summary>
internal static unsafe class SocketFilter
{
    // Instructions as pcap/bpf.h numbers them.
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    // SKF_AD_OFF + SKF_AD_PKTTYPE: loads the packet's type and not its bytes.
    private const uint PacketType = 0xfffff000 + 4;

    // SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT: whether the kernel took a tag out of the packet.
    private const uint TagPresent = 0xfffff000 + 48;
    private const uint WholePacket = uint.MaxValue;

    /// <summary>BPF_MAXINSNS, linux/bpf_common.h.</summary>
    public const int MostInstructions = 4096;

    /// <summary>Instructions in front of a program of the caller's.</summary>
    public const int PrefixInstructions = 6;

    /// <summary>
    /// Lets in only packets from outside, only those that this host sends, or both. The socket's own option for it (PACKET_IGNORE_OUTGOING)
    /// has no effect in a fanout group; a filter has.
    /// </summary>
    /// <param name="program">
    /// A program for the bytes of those packets; empty for all. A packet that the kernel took a tag out of is let in without it: its bytes
    /// are not where the program looks for them.
    /// </param>
    public static void AttachDirection(
        SafeFileHandle socket, bool incoming, bool outgoing, ReadOnlySpan<sock_filter> program, string subject)
    {
        // Either direction is refused here or goes on behind the third instruction.
        sock_filter[] prefix =
        [
            new(LoadWord, 0, 0, PacketType), new(JumpIfEqual, (byte)(outgoing ? 1 : 0), (byte)(incoming ? 1 : 0), IfPacket.PACKET_OUTGOING),
            new(Return, 0, 0, 0),
            new(LoadWord, 0, 0, TagPresent), new(JumpIfEqual, 1, 0, 0), new(Return, 0, 0, WholePacket),
        ];
        Attach(socket, program.IsEmpty ? [.. prefix, new(Return, 0, 0, WholePacket)] : [.. prefix, .. program], subject);
    }

    /// <summary>Lets nothing in any more. A packet socket cannot be shut down, and it stays alive while its ring is mapped.</summary>
    public static void AttachNothing(SafeFileHandle socket, string subject) => Attach(socket, [new(Return, 0, 0, 0)], subject);

    private static void Attach(SafeFileHandle socket, ReadOnlySpan<sock_filter> instructions, string subject)
    {
        fixed (sock_filter* at = instructions)
        {
            SysSocket.SetOption(
                socket, SysSocket.SOL_SOCKET, SysSocket.SO_ATTACH_FILTER,
                new sock_fprog { len = (ushort)instructions.Length, filter = at }, subject);
        }
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct sock_filter(ushort code, byte jt, byte jf, uint k)
    {
        public readonly ushort code = code;
        public readonly byte jt = jt;
        public readonly byte jf = jf;
        public readonly uint k = k;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }
}
