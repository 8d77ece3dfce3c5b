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
    private const uint WholePacket = uint.MaxValue;

    /// <summary>
    /// Lets in only packets from outside, only those that this host sends, or both. The socket's own option for it (PACKET_IGNORE_OUTGOING)
    /// has no effect in a fanout group; a filter has.
    /// </summary>
    public static void AttachDirection(SafeFileHandle socket, bool incoming, bool outgoing, string subject) => Attach(
        socket,
        [
            new(LoadWord, 0, 0, PacketType), new(JumpIfEqual, 0, 1, IfPacket.PACKET_OUTGOING),
            new(Return, 0, 0, outgoing ? WholePacket : 0), new(Return, 0, 0, incoming ? WholePacket : 0),
        ],
        subject);

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
