using System.Net.Sockets;
using Xunit;

namespace Pipeline.TestSupport;

/// <summary>
/// A TAP in a network namespace of its own, or a macvtap on a veth. Nothing but the test sends there. Macvtaps are where sysfs shows them.
/// </summary>
public sealed class TapWire : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET, asm-generic/socket.h
    private const int SendBufferForce = 32; // SO_SNDBUFFORCE

    private readonly NetworkNamespace? _namespace;
    private readonly string _address;
    private Socket? _sender;

    /// <param name="isMacvtap">Whether it is a macvtap.</param>
    /// <param name="made">Whether it is made; otherwise its name is free.</param>
    /// <param name="name">A TAP's name.</param>
    /// <param name="address">A macvtap's address.</param>
    public TapWire(bool isMacvtap = false, bool made = true, string name = "plx0", string address = "02:00:00:00:00:01")
    {
        (Name, _address) = (name, address);
        if (isMacvtap)
        {
            Below = new VethWire();
            Name = $"{Below.Near}m";
        }
        else
        {
            _namespace = new NetworkNamespace();
            foreach (var scope in new[] { "all", "default" }) Inside("sh", "-c", $"echo 1 >/proc/sys/net/ipv6/conf/{scope}/disable_ipv6");
        }

        if (made) Make();
    }

    /// <summary>The wire that a macvtap is on; null for a TAP.</summary>
    public VethWire? Below { get; }

    public string Name { get; }

    /// <summary>Makes the interface, up.</summary>
    public void Make()
    {
        if (Below is null)
        {
            Inside("ip", "tuntap", "add", "dev", Name, "mode", "tap", "multi_queue");
        }
        else
        {
            Inside("ip", "link", "add", "link", Below.Near, "name", Name, "address", _address, "type", "macvtap", "mode", "bridge");
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{Name}/disable_ipv6", "1");
        }

        SetUp(true);
    }

    public void Delete()
    {
        _sender?.Dispose();
        _sender = null;
        Inside("ip", "link", "del", Name);
    }

    /// <summary>Brings it up or down. A socket that sent on it would tell of that when it sends again.</summary>
    public void SetUp(bool isUp)
    {
        Inside("ip", "link", "set", Name, isUp ? "up" : "down");
        _sender?.Dispose();
        _sender = null;
    }

    /// <summary>Runs a command where the interface is, which must succeed.</summary>
    /// <returns>Its output.</returns>
    public string Inside(params string[] command)
    {
        if (_namespace is not null) return _namespace.Inside(command);
        var result = Tool.Run(command[0], command[1..]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Errors}");
        return result.Output;
    }

    /// <summary>Makes something on a thread that is where the interface is. What is opened there belongs to that namespace.</summary>
    public T Inside<T>(Func<T> make)
    {
        if (_namespace is null) return make();
        T? made = default;
        _namespace.Do(() => made = make());
        return made!;
    }

    /// <summary>Sends a packet on the interface, so that it comes out at the other end.</summary>
    public void Send(byte[] packet) => (_sender ??= SocketOn(Name)).Send(packet);

    /// <summary>A packet socket on an interface beside this one. Its caller disposes it.</summary>
    public Socket SocketOn(string name)
    {
        var index = int.Parse(Inside("cat", $"/sys/class/net/{name}/ifindex"));
        return Inside(() =>
        {
            var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
            socket.Bind(new PacketAddress(index));

            // What waits for a macvtap's reader is the sender's until it is read, and a sender without room would wait.
            socket.SetRawSocketOption(SocketLevel, SendBufferForce, BitConverter.GetBytes(64 * 1024 * 1024));
            return socket;
        });
    }

    /// <summary>A counter of the interface.</summary>
    public long Count(string statistic) => long.Parse(Inside("cat", $"/sys/class/net/{Name}/statistics/{statistic}"));

    public void Dispose()
    {
        _sender?.Dispose();
        _namespace?.Dispose();
        Below?.Dispose();
    }
}
