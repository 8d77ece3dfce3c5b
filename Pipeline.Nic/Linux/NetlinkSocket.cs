using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>
/// linux/netlink.h: questions to the kernel and their answers, in the network namespace of the thread that opened it. One thread at a time;
/// whoever opened it disposes it.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    /// <summary>NLM_F_DUMP: a question with many answers.</summary>
    public const ushort Dump = 0x300;

    // Linux, include/uapi/linux/netlink.h
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLM_F_REQUEST = 1;
    private const int HeaderBytes = 16; // struct nlmsghdr
    private const int TypeAt = 4;
    private const int FlagsAt = 6;
    private const int SequenceAt = 8;

    // The kernel fills at most 32 KiB of a dump's buffer at a time (net/netlink/af_netlink.c).
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly SafeFileHandle _socket;
    private uint _sequence;

    private NetlinkSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Reads what follows the header of one message.</summary>
    internal delegate void MessageReader(ReadOnlySpan<byte> message);

    /// <param name="protocol">NETLINK_..., linux/netlink.h.</param>
    /// <exception cref="LinuxException">The system has no descriptor left, or no such protocol.</exception>
    public static NetlinkSocket Open(int protocol) =>
        new(SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, protocol, "netlink"));

    /// <param name="type">The type of the message that asks.</param>
    /// <param name="flags"><see cref="Dump"/> for a question with many answers, else 0.</param>
    /// <param name="question">What follows its header.</param>
    /// <param name="subject">What is asked about, for messages.</param>
    /// <param name="take">Called for each answer.</param>
    /// <returns>The kernel's error; none where it answered.</returns>
    /// <exception cref="LinuxException">The question cannot be sent, or its answer not be received.</exception>
    public Errno Ask(ushort type, ushort flags, ReadOnlySpan<byte> question, string subject, MessageReader take)
    {
        var request = _buffer.AsSpan(0, HeaderBytes + question.Length);
        request[..HeaderBytes].Clear();
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request[TypeAt..], type);
        MemoryMarshal.Write(request[FlagsAt..], (ushort)(NLM_F_REQUEST | flags));
        MemoryMarshal.Write(request[SequenceAt..], ++_sequence);
        question.CopyTo(request[HeaderBytes..]);
        SysSocket.Send(_socket, request, subject);
        while (true)
        {
            var answers = _buffer.AsSpan(0, SysSocket.Receive(_socket, _buffer, subject));
            if (Read(answers, flags == Dump, take) is { } end) return end;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Leaves out what is left of the answer to an earlier question, whose reading has failed.</summary>
    /// <returns>Null where more is to come.</returns>
    private Errno? Read(ReadOnlySpan<byte> rest, bool isDump, MessageReader take)
    {
        Errno? end = null;
        while (rest.Length >= HeaderBytes)
        {
            var length = MemoryMarshal.Read<int>(rest);
            if (length < HeaderBytes || length > rest.Length) return Errno.EIO;
            if (MemoryMarshal.Read<uint>(rest[SequenceAt..]) == _sequence)
            {
                switch (MemoryMarshal.Read<ushort>(rest[TypeAt..]))
                {
                    case NLMSG_DONE: return Errno.None;
                    case NLMSG_ERROR: return (Errno)(-MemoryMarshal.Read<int>(rest[HeaderBytes..]));
                    default: take(rest[HeaderBytes..length]); break;
                }

                if (!isDump) end = Errno.None;
            }

            rest = rest[Math.Min(rest.Length, NetlinkAttributes.Aligned(length))..];
        }

        return end;
    }
}
