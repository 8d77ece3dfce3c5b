using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pipeline.Nic.Tests.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>A veth pair whose far end lies in a network namespace of its own and sends to the near end. Nothing but the test sends there.</summary>
internal sealed class VethWire : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET, linux/sched.h
    private const string Far = "far0";

    private readonly string _namespace = $"plx{Environment.ProcessId % 100_000}{Random.Shared.Next(1000)}";
    private Socket? _sender;

    public VethWire()
    {
        Ip("netns", "add", _namespace);
        Ip("link", "add", Near, "type", "veth", "peer", "name", Far, "netns", _namespace);
        foreach (var scope in new[] { "all", "default" }) Ip("netns", "exec", _namespace, "sh", "-c", $"echo 1 >/proc/sys/net/ipv6/conf/{scope}/disable_ipv6");
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{Near}/disable_ipv6", "1");
        Ip("netns", "exec", _namespace, "ip", "link", "set", Far, "up");
        Ip("link", "set", Near, "up");
        Index = int.Parse(File.ReadAllText($"/sys/class/net/{Near}/ifindex"));

        // A socket belongs to the namespace that its thread was in when it was made; this thread ends, and nothing else goes there.
        var thread = new Thread(() => _sender = SocketInside());
        thread.Start();
        thread.Join();
        Assert.NotNull(_sender);
    }

    /// <summary>The name of the end that packets come to.</summary>
    public string Near => _namespace;

    public int Index { get; }

    public void Send(byte[] packet) => _sender!.Send(packet);

    public void Dispose()
    {
        _sender?.Dispose();
        Tool.Run("ip", "link", "del", Near);
        Tool.Run("ip", "netns", "del", _namespace);
    }

    private Socket? SocketInside()
    {
        using var file = File.OpenHandle($"/run/netns/{_namespace}");
        if (setns((int)file.DangerousGetHandle(), NewNetwork) != 0) return null;
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
        socket.Bind(new PacketAddress(int.Parse(Tool.Run("ip", "netns", "exec", _namespace, "cat", $"/sys/class/net/{Far}/ifindex").Output)));
        return socket;
    }

    private static void Ip(params string[] arguments)
    {
        var result = Tool.Run("ip", arguments);
        Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {result.Errors}");
    }

    // int setns(int fd, int nstype);
    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int fd, int nstype);
}
