using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;

namespace Pipeline.TestSupport;

/// <summary>
/// A veth pair whose far end lies in a network namespace of its own and sends to the near end. Nothing but the test sends there.
/// </summary>
public sealed class VethWire : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET, linux/sched.h
    /// <summary>The name of the other end, in its namespace.</summary>
    public const string Far = "far0";

    private static int _made;

    // Tests run beside each other, so names drawn at random would meet.
    private readonly string _namespace = $"plx{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref _made)}";
    private readonly int _queues;
    private Socket? _sender;

    private Socket? _outgoing;

    /// <param name="queues">How many receive queues each end has.</param>
    public VethWire(int queues = 1)
    {
        _queues = queues;
        Ip("netns", "add", _namespace);
        Make();
    }

    /// <summary>The name of the end that packets come to.</summary>
    public string Near => _namespace;

    public int Index { get; private set; }

    /// <summary>Packets that the near end and the far one say they dropped.</summary>
    public long Drops => Count("rx_dropped") + long.Parse(InFar("cat", $"/sys/class/net/{Far}/statistics/tx_dropped"));

    /// <summary>Packets that the far end says it dropped: they found no room in the near end's queue.</summary>
    public long FarDrops => long.Parse(InFar("cat", $"/sys/class/net/{Far}/statistics/tx_dropped"));

    /// <summary>Sends from the far end to the near one.</summary>
    public void Send(byte[] packet) => _sender!.Send(packet);

    /// <summary>Sends from the near end to the far one.</summary>
    public void SendOut(byte[] packet) => (_outgoing ??= SocketOn(Index)).Send(packet);

    /// <summary>Brings the near end up or down.</summary>
    public void SetUp(bool isUp)
    {
        Ip("link", "set", Near, isUp ? "up" : "down");
        if (isUp) AwaitCarrier();
    }

    /// <summary>Gives the near end another name, and the name it had to a new interface that nobody sends to. Both are up.</summary>
    public void GiveNameAway(string newName)
    {
        Rename(newName);
        Ip("link", "add", Near, "type", "veth", "peer", "name", $"{Near}p");
        Ip("link", "set", Near, "up");
    }

    /// <summary>Gives the near end another name. It is up afterwards.</summary>
    public void Rename(string newName)
    {
        SetUp(false);
        Ip("link", "set", Near, "name", newName);
        Ip("link", "set", newName, "up");
        AwaitCarrier();
    }

    /// <summary>Moves the near end to the far one's namespace, and back. It has the number that it had, and is up afterwards.</summary>
    public void MoveAwayAndBack()
    {
        Ip("link", "set", Near, "netns", _namespace);
        InFar("ip", "link", "set", Near, "netns", $"{Environment.ProcessId}");
        SetUpInSilence();
        Assert.Equal(Index, (int)Number("ifindex"));
    }

    /// <summary>Deletes both ends.</summary>
    public void Delete()
    {
        _sender?.Dispose();
        _outgoing?.Dispose();
        _outgoing = null;
        Ip("link", "del", Near);
    }

    /// <summary>Makes both ends, up.</summary>
    public void Make()
    {
        string[] queues = ["numtxqueues", $"{_queues}", "numrxqueues", $"{_queues}"];
        Ip(["link", "add", Near, .. queues, "type", "veth", "peer", "name", Far, .. queues, "netns", _namespace]);
        foreach (var scope in new[] { "all", "default" }) InFar("sh", "-c", $"echo 1 >/proc/sys/net/ipv6/conf/{scope}/disable_ipv6");
        InFar("ip", "link", "set", Far, "up");
        SetUpInSilence();
        Index = (int)Number("ifindex");

        _sender = FarSocket();
    }

    /// <summary>A further packet socket on the far end, for sending. Its caller disposes it.</summary>
    public Socket FarSocket() => Inside(() => SocketOn(int.Parse(InFar("cat", $"/sys/class/net/{Far}/ifindex"))));

    /// <summary>
    /// Makes something on a thread that is in the far end's namespace. A socket belongs to the namespace that its thread was in when it was
    /// made; the thread ends, and nothing else goes there.
    /// </summary>
    public T Inside<T>(Func<T> make)
    {
        T? made = default;
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => made = MakeInside(make)));
        thread.Start();
        thread.Join();
        return error is null ? made! : throw error;
    }

    public void Dispose()
    {
        _sender?.Dispose();
        _outgoing?.Dispose();
        Tool.Run("ip", "link", "del", Near);
        Tool.Run("ip", "netns", "del", _namespace);
    }

    /// <summary>Nothing but the test is to send.</summary>
    private void SetUpInSilence()
    {
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{Near}/disable_ipv6", "1");
        SetUp(true);
    }

    /// <summary>The kernel gives the far end a queue some time after the near end is up. What is sent earlier is lost.</summary>
    private void AwaitCarrier() =>
        Assert.True(SpinWait.SpinUntil(() => InFar("cat", $"/sys/class/net/{Far}/operstate").Trim() == "up", TimeSpan.FromSeconds(30)));

    private T MakeInside<T>(Func<T> make)
    {
        using var file = File.OpenHandle($"/run/netns/{_namespace}");
        Assert.Equal(0, setns((int)file.DangerousGetHandle(), NewNetwork));
        return make();
    }

    private static Socket SocketOn(int netdev)
    {
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
        socket.Bind(new PacketAddress(netdev));
        return socket;
    }

    private long Count(string statistic) => Number($"statistics/{statistic}");

    private long Number(string file) => long.Parse(File.ReadAllText($"/sys/class/net/{Near}/{file}"));

    /// <summary>Runs a command in the far end's namespace.</summary>
    /// <returns>Its output.</returns>
    public string InFar(params string[] command)
    {
        var result = Tool.Run("ip", ["netns", "exec", _namespace, .. command]);
        Assert.True(result.ExitCode == 0, $"in {_namespace}: {string.Join(' ', command)}: {result.Errors}");
        return result.Output;
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
