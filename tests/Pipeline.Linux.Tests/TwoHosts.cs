using System.Net.Sockets;
using System.Text.RegularExpressions;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>
/// Two machines on one wire: network namespaces with the ends of a veth pair. The program runs in <see cref="Here"/>. Nothing but the tests
/// and the kernel itself sends from <see cref="There"/>.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    public const string Near = "near0";
    public const string Far = "far0";
    public const string Here4 = "10.77.0.1";
    public const string There4 = "10.77.0.2";
    public const string Here6 = "fd77::1";
    public const string There6 = "fd77::2";

    private Socket? _raw;

    public TwoHosts() => MakeWire();

    public NetworkNamespace Here { get; } = new();

    public NetworkNamespace There { get; } = new();

    /// <summary>The hardware address of the near end, in six bytes.</summary>
    public byte[] NearAddress => AddressOf(Here, Near);

    /// <summary>The hardware address of the far end, in six bytes.</summary>
    public byte[] FarAddress => AddressOf(There, Far);

    /// <summary>Packets that found no room in the near end's queue.</summary>
    public long FarDrops => long.Parse(There.Inside("cat", $"/sys/class/net/{Far}/statistics/tx_dropped"));

    /// <summary>All that a program could have left behind: addresses, routes, rules, queueing, flags, promiscuity, programs.</summary>
    public string State() => Here.Inside("sh", "-ec", """
        ip -d -j link
        ip -j addr
        ip -j route show table all
        ip -j -6 route show table all
        ip -j rule
        tc qdisc show
        """);

    /// <summary>What the near end says of programs and promiscuity: null and 0 where nobody uses it.</summary>
    public (string? Program, int Promiscuity) UseOf(NetworkNamespace where, string netdev)
    {
        var text = where.Inside("ip", "-d", "link", "show", "dev", netdev);
        var program = Regex.Match(text, "prog/xdp id [0-9]+");
        return (program.Success ? program.Value : null, int.Parse(Regex.Match(text, "promiscuity ([0-9]+)").Groups[1].Value));
    }

    /// <summary>Makes both ends, with their addresses, up.</summary>
    public void MakeWire()
    {
        Here.Inside("ip", "link", "add", Near, "type", "veth", "peer", "name", Far, "netns", There.Name);
        foreach (var (host, netdev, v4, v6) in new[] { (Here, Near, Here4, Here6), (There, Far, There4, There6) })
        {
            host.Inside("ip", "addr", "add", $"{v4}/24", "dev", netdev);
            host.Inside("ip", "addr", "add", $"{v6}/64", "dev", netdev, "nodad");
            // No address of the kernel's own making, which would become valid only after a second.
            host.Inside("ip", "link", "set", netdev, "addrgenmode", "none");
            host.Inside("ip", "link", "set", netdev, "up");
        }

        AwaitCarrier();
    }

    /// <summary>Deletes both ends.</summary>
    public void DeleteWire()
    {
        _raw?.Dispose();
        _raw = null;
        Here.Inside("ip", "link", "del", Near);
    }

    /// <summary>Runs <c>ip</c> here.</summary>
    public void Ip(params string[] arguments) => Here.Inside(["ip", .. arguments]);

    /// <summary>The kernel gives an end a queue some time after the other end is up. What is sent earlier is lost.</summary>
    public void AwaitCarrier()
    {
        var file = $"/sys/class/net/{Far}/operstate";
        Assert.True(SpinWait.SpinUntil(() => There.Inside("cat", file).Trim() == "up", Soon.Patience), "the wire has no carrier");
    }

    /// <summary>Sends a packet as it is from there to here, so many times.</summary>
    public void Send(byte[] packet, int times = 1)
    {
        _raw ??= RawSocket();
        for (var i = 0; i < times; i++) _raw.Send(packet);
    }

    /// <summary>A packet socket on the far end, for sending. Its caller disposes it.</summary>
    public Socket RawSocket()
    {
        var netdev = int.Parse(There.Inside("cat", $"/sys/class/net/{Far}/ifindex"));
        return There.Make(() =>
        {
            var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
            socket.Bind(new PacketAddress(netdev));
            return socket;
        });
    }

    /// <summary>UDP packets to a port of here, in the rhythm of a timer, until it is disposed.</summary>
    public IAsyncDisposable Load(int port) => new PacedLoad(RawSocket(), Frames.Udp(this, 4000, port, 200));

    public void Dispose()
    {
        _raw?.Dispose();
        Here.Dispose();
        There.Dispose();
    }

    private static byte[] AddressOf(NetworkNamespace where, string netdev) =>
        Convert.FromHexString(where.Inside("cat", $"/sys/class/net/{netdev}/address").Trim().Replace(":", "", StringComparison.Ordinal));

    /// <summary>A burst with each tick: some ten thousand packets a second, which no machine is overloaded by.</summary>
    private sealed class PacedLoad : IAsyncDisposable
    {
        private const int Burst = 50;

        private readonly PeriodicTimer _timer = new(TimeSpan.FromMilliseconds(5));
        private readonly Task _sending;

        public PacedLoad(Socket socket, byte[] packet) => _sending = Task.Run(() => Send(socket, packet));

        public async ValueTask DisposeAsync()
        {
            _timer.Dispose();
            await _sending;
        }

        private async Task Send(Socket socket, byte[] packet)
        {
            using (socket)
            {
                while (await _timer.WaitForNextTickAsync())
                {
                    for (var i = 0; i < Burst; i++) socket.Send(packet);
                }
            }
        }
    }
}
