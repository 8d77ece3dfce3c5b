using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>linux/netlink.h: one question and its answers, in the network namespace of the calling thread.</summary>
internal static class Netlink
{
    public const ushort Dump = 0x300; // NLM_F_DUMP

    // Linux, include/uapi/linux/netlink.h
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLM_F_REQUEST = 1;
    private const int HeaderBytes = 16; // struct nlmsghdr
    private const int BufferBytes = 64 * 1024;

    /// <summary>Reads what follows the header of one message.</summary>
    internal delegate void MessageReader(ReadOnlySpan<byte> message);

    /// <param name="protocol">NETLINK_..., linux/netlink.h.</param>
    /// <param name="type">The type of the message that asks.</param>
    /// <param name="flags"><see cref="Dump"/> for a question with many answers, else 0.</param>
    /// <param name="question">What follows its header.</param>
    /// <param name="take">Called for each answer.</param>
    /// <returns>The kernel's error; none where it answered.</returns>
    /// <exception cref="LinuxException">The system has no descriptor left, or no such protocol.</exception>
    public static Errno Ask(int protocol, ushort type, ushort flags, ReadOnlySpan<byte> question, MessageReader take)
    {
        using var socket = SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, protocol, "netlink");
        var request = new byte[HeaderBytes + question.Length];
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request.AsSpan(4), type);
        MemoryMarshal.Write(request.AsSpan(6), (ushort)(NLM_F_REQUEST | flags));
        question.CopyTo(request.AsSpan(HeaderBytes));
        SysSocket.Send(socket, request, "netlink");
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var answers = buffer.AsSpan(0, SysSocket.Receive(socket, buffer, "netlink"));
            if (Read(answers, flags == Dump, take) is { } end) return end;
        }
    }

    /// <returns>Null where more is to come.</returns>
    private static Errno? Read(ReadOnlySpan<byte> rest, bool isDump, MessageReader take)
    {
        while (rest.Length >= HeaderBytes)
        {
            var length = MemoryMarshal.Read<int>(rest);
            if (length < HeaderBytes || length > rest.Length) return Errno.EIO;
            switch (MemoryMarshal.Read<ushort>(rest[4..]))
            {
                case NLMSG_DONE: return Errno.None;
                case NLMSG_ERROR: return (Errno)(-MemoryMarshal.Read<int>(rest[HeaderBytes..]));
                default: take(rest[HeaderBytes..length]); break;
            }

            rest = rest[Math.Min(rest.Length, RtNetlink.Aligned(length))..];
        }

        return isDump ? null : Errno.None;
    }
}
