using System.Net;
using System.Net.Sockets;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>The guard <c>own</c> asks the kernel for a packet's socket. Real sockets on the loopback, and packets as they would receive them.</summary>
public sealed class XdpOwnTests : IDisposable
{
    private const string All = "rule all match 12:00:0 mark 1";

    private readonly List<IDisposable> _open = [];

    public static TheoryData<string> Loopbacks { get; } = ["127.0.0.1", "::1"];

    public void Dispose()
    {
        for (var i = _open.Count - 1; i >= 0; i--) _open[i].Dispose();
    }

    [TheoryThatNeeds(Need.Root)]
    [MemberData(nameof(Loopbacks))]
    public void Connections_are_kept_and_who_knocks_is_taken(string address)
    {
        var (listener, client, server) = Connect(address);
        using var program = Load();
        Assert.False(program.Run(Tcp(At(listener), At(client))).IsTaken);
        Assert.False(program.Run(Tcp(At(client), At(server))).IsTaken);
        Assert.True(program.Run(Tcp(Other(client), At(listener))).IsTaken);
        Assert.True(program.Run(Tcp(Other(listener), At(client))).IsTaken);
        Assert.Equal(2, program.CountOfGuard(0).Packets);
    }

    [TheoryThatNeeds(Need.Root)]
    [MemberData(nameof(Loopbacks))]
    public void A_connection_that_this_side_closed_is_kept_while_it_waits(string address)
    {
        var (_, client, server) = Connect(address);
        var reply = Tcp(At(server), At(client));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, server.Receive(new byte[1]));
        server.Close();
        Assert.Equal(0, client.Receive(new byte[1]));
        client.Close();
        using var program = Load();
        Assert.False(program.Run(reply).IsTaken);
    }

    [TheoryThatNeeds(Need.Root)]
    [MemberData(nameof(Loopbacks))]
    public void A_connection_that_was_reset_is_no_more(string address)
    {
        var (_, client, server) = Connect(address);
        var reply = Tcp(At(server), At(client));
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        using var program = Load();
        Assert.True(program.Run(reply).IsTaken);
    }

    [TheoryThatNeeds(Need.Root)]
    [MemberData(nameof(Loopbacks))]
    public void A_UDP_socket_with_a_peer_is_kept_for_its_peer(string address)
    {
        var (client, server) = (Bound(address), Bound(address));
        client.Connect(At(server));
        using var program = Load(At(server).Port, At(client).Port);
        Assert.False(program.Run(Udp(At(server), At(client))).IsTaken);
        Assert.True(program.Run(Udp(Other(server), At(client))).IsTaken);
        Assert.True(program.Run(Udp(Other(client), At(server))).IsTaken);
    }

    [TheoryThatNeeds(Need.Root)]
    [MemberData(nameof(Loopbacks))]
    public void A_UDP_socket_without_a_peer_is_kept_unless_it_serves(string address)
    {
        var (client, server) = (Bound(address), Bound(address));
        client.SendTo([1], At(server));
        using var program = Load(At(server).Port);
        Assert.False(program.Run(Udp(At(server), At(client))).IsTaken);
        Assert.True(program.Run(Udp(At(client), At(server))).IsTaken);
        Assert.True(program.Run(Tcp(At(server), At(client))).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void What_has_no_ports_is_taken()
    {
        var client = Bound("127.0.0.1");
        var answer = Udp(Other(client), At(client));
        using var program = Load();
        Assert.False(program.Run(answer).IsTaken);
        var later = (byte[])answer.Clone();
        later[21] = 5;
        Assert.True(program.Run(later).IsTaken);
        Assert.True(program.Run(answer.AsSpan(0, 37)).IsTaken);
        var sctp = (byte[])answer.Clone();
        sctp[23] = IpProtocol.Sctp;
        Assert.True(program.Run(sctp).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void Behind_tags_and_extension_headers_the_socket_is_found()
    {
        var client = Bound("::1");
        var answer = Udp(Other(client), At(client));
        byte[] tagged = [.. answer[..12], 0x81, 0, 0, 7, .. answer[12..]];
        byte[] chained = [.. answer[..20], IpProtocol.DestinationOptions, .. answer[21..54], IpProtocol.Udp, .. new byte[7], .. answer[54..]];
        using var program = Load();
        Assert.False(program.Run(tagged).IsTaken);
        Assert.False(program.Run(chained).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void A_packet_that_no_route_takes_is_not_asked_about()
    {
        var client = Bound("127.0.0.1");
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid(All), Guards([]), [new MarkVerdict(1, 1, PacketVerdict.Pass), new MarkVerdict(0, 0, PacketVerdict.Take)]));
        Assert.False(program.Run(Udp(Other(client), At(client))).IsTaken);
        Assert.Equal((0, 1), (program.CountOfGuard(0).Packets, program.Count(1).Packets));
    }

    [FactThatNeeds(Need.Root)]
    public void A_packet_that_several_rules_matched_is_counted_by_the_guard_alone()
    {
        var client = Bound("127.0.0.1");
        var packet = Udp(Other(client), At(client));
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid($"{All} continue\nrule more match 0:00:0 mark 2/2"), Guards([]), KernelRun.TakeAll));
        Assert.False(program.Run(packet).IsTaken);
        Assert.Equal(new PacketTally(1, packet.Length), program.CountOfGuard(0));
        for (var rule = 0; rule <= 2; rule++) Assert.Equal(default, program.Count(rule));
    }

    [FactThatNeeds(Need.Root)]
    public void Rules_that_lift_it_take_answers()
    {
        var client = Bound("127.0.0.1");
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid($"keep-out off own\n{All}"), Guards([]), KernelRun.TakeAll));
        Assert.Empty(program.Program.Guards);
        Assert.True(program.Run(Udp(Other(client), At(client))).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void What_software_has_to_decide_is_kept_as_well()
    {
        var client = Bound("127.0.0.1");
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid($"rule loop filter \"ip6 protochain 6\" mark 1"), Guards([]), KernelRun.TakeAll));
        Assert.NotEmpty(program.Program.Refused);
        Assert.False(program.Run(Udp(Other(client), At(client))).IsTaken);
        Assert.True(program.Run(new byte[60]).IsTaken);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void Packets_of_a_wire_are_asked_about_in_the_namespace_of_its_interface(XdpMode mode)
    {
        using var wire = new VethWire();
        var client = Bound("0.0.0.0");
        using var program = Load();
        using var link = XdpLink.Attach(program, wire.Near, wire.Index, mode);
        var answer = Udp(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 53), new IPEndPoint(IPAddress.Parse("192.0.2.2"), At(client).Port));
        for (var i = 0; i < 3; i++) wire.Send(answer);
        Assert.True(SpinWait.SpinUntil(() => program.CountOfGuard(0).Packets == 3, TimeSpan.FromSeconds(30)), $"{program.CountOfGuard(0)}");
    }

    [TheoryThatNeeds(Need.Root | Need.Nftables)]
    [MemberData(nameof(Loopbacks))]
    public void Where_connections_are_tracked_an_answer_to_a_port_that_serves_is_told_from_a_question(string address)
    {
        using var space = new NetworkNamespace();
        space.Inside("nft", "add table inet t { chain c { type filter hook input priority 0; ct state new counter; }; }");
        space.Do(() =>
        {
            Assert.Null(ConnectionTracking.Read());
            var (client, server) = (Bound(address), Bound(address));
            client.SendTo([1], At(server));
            Assert.True(SpinWait.SpinUntil(() => ConnectionTracking.Read() is not null, TimeSpan.FromSeconds(30)));
            int[] served = [At(client).Port, At(server).Port];
            Assert.Contains("call kernel#", XdpProgram.Compile(RuleText.Valid(All), Tracked(served), KernelRun.TakeAll).Describe());
            using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid(All), Tracked(served), KernelRun.TakeAll));
            Assert.False(program.Run(Udp(At(server), At(client))).IsTaken);
            Assert.True(program.Run(Udp(At(client), At(server))).IsTaken);
            Assert.True(program.Run(Udp(Other(server), At(client))).IsTaken);
            Assert.True(program.Run(Tcp(At(server), At(client))).IsTaken);
            Assert.Equal(1, program.CountOfGuard(0).Packets);
        });
    }

    private static IReadOnlyList<Guard> Tracked(int[] served) =>
        [.. KeepOutGuards.All(new GuardPorts { Own = new OwnReplies(served) { Tracking = ConnectionTracking.Read() } }).Where(g => g.Replies is not null)];

    private static IReadOnlyList<Guard> Guards(int[] served) =>
        [.. KeepOutGuards.All(new GuardPorts { Own = new OwnReplies(served) }).Where(g => g.Replies is not null)];

    private static LoadedXdpProgram Load(params int[] served) =>
        LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid(All), Guards(served), KernelRun.TakeAll));

    private static IPEndPoint At(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>Another port of the same address, at which there is no socket of the test.</summary>
    private static IPEndPoint Other(Socket socket) => new(IPAddress.Any.Equals(At(socket).Address) ? IPAddress.Loopback : At(socket).Address, 1);

    private Socket Bound(string address) => Bound(address, SocketType.Dgram, ProtocolType.Udp);

    private Socket Bound(string address, SocketType type, ProtocolType protocol)
    {
        var at = IPAddress.Parse(address);
        var socket = new Socket(at.AddressFamily, type, protocol);
        _open.Add(socket);
        socket.Bind(new IPEndPoint(at, 0));
        return socket;
    }

    private (Socket Listener, Socket Client, Socket Server) Connect(string address)
    {
        var listener = Bound(address, SocketType.Stream, ProtocolType.Tcp);
        listener.Listen();
        var client = Bound(address, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(At(listener));
        var server = listener.Accept();
        _open.Add(server);
        return (listener, client, server);
    }

    private static byte[] Tcp(IPEndPoint from, IPEndPoint to) => Packet(from, to, IpProtocol.Tcp);

    private static byte[] Udp(IPEndPoint from, IPEndPoint to) => Packet(from, to, IpProtocol.Udp);

    private static byte[] Packet(IPEndPoint from, IPEndPoint to, byte protocol)
    {
        byte[] ports = [(byte)(from.Port >> 8), (byte)from.Port, (byte)(to.Port >> 8), (byte)to.Port, .. new byte[16]];
        byte[] addresses = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes()];
        return from.AddressFamily == AddressFamily.InterNetwork
            ? [.. new byte[12], 8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0, .. addresses, .. ports]
            : [.. new byte[12], 0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, protocol, 64, .. addresses, .. ports];
    }
}
