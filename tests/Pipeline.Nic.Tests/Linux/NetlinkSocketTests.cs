using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public class NetlinkSocketTests
{
    private const ushort RTM_GETLINK = 18;
    private const int LinkBytes = 16; // struct ifinfomsg
    private const int IndexAt = 4;

    [Fact]
    public void What_is_left_of_an_earlier_answer_is_not_taken_for_that_to_a_later_question()
    {
        using var socket = NetlinkSocket.Open(SysSocket.NETLINK_ROUTE);
        Assert.Throws<InvalidOperationException>(() => socket.Ask(
            RTM_GETLINK, NetlinkSocket.Dump, new byte[LinkBytes], "interfaces", _ => throw new InvalidOperationException()));

        Assert.Equal((Errno.None, Loopback()), Ask(socket, Loopback()));
    }

    [Fact]
    public void A_question_after_one_that_the_kernel_refuses_is_answered()
    {
        using var socket = NetlinkSocket.Open(SysSocket.NETLINK_ROUTE);

        Assert.Equal((Errno.ENODEV, 0), Ask(socket, int.MaxValue));
        Assert.Equal((Errno.None, Loopback()), Ask(socket, Loopback()));
    }

    private static (Errno Error, int Index) Ask(NetlinkSocket socket, int index)
    {
        var question = new byte[LinkBytes];
        MemoryMarshal.Write(question.AsSpan(IndexAt), index);
        var found = 0;
        return (socket.Ask(RTM_GETLINK, 0, question, $"{index}", m => found = MemoryMarshal.Read<int>(m[IndexAt..])), found);
    }

    private static int Loopback()
    {
        using var links = RtNetlink.Open();
        return links.Find("lo")!.Index;
    }
}
