using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Tap;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Whole pipelines with a TAP at one end or the other: this host's stack, and guests.</summary>
public sealed class TapSpecs
{
    private static readonly IPAddress Host = IPAddress.Parse("10.9.0.1");

    [FactThatNeeds(Need.Root | Need.Nftables)]
    public async Task What_is_routed_to_the_stack_is_given_back_by_a_TAP_counts_as_passed_and_goes_through_the_firewall()
    {
        using var from = new TapWire();
        using var stack = new TapWire(name: "plx1");
        using var server = Serving(stack);
        stack.Inside("nft", "add table ip t; add chain ip t in { type filter hook input priority 0; }; add rule ip t in udp dport 7000 counter");
        await using var run = PipelineRun.Start(GivingBack(_ => from.Inside(() => TapNic.Open(from.Name)), stack).Build());
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        for (var i = 0; i < 20; i++) from.Send(Datagram());
        await Threads.Eventually(() => run.View().Ledger.Passed.Packets == 20);
        IPEndPoint? sender = null;
        for (var i = 0; i < 20; i++) Assert.Equal(4, server.Receive(ref sender).Length);
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((20, 20, 0, true), (view.Ledger.Received.Packets, view.Ledger.Passed.Packets, view.Ledger.Dropped.Packets, view.Balanced));
        Assert.Contains("packets 20 ", stack.Inside("nft", "list", "ruleset"));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Where_the_packets_are_copies_none_is_given_back()
    {
        using var wire = new VethWire();
        using var stack = new TapWire(name: "plx1");
        var opened = 0;
        await using var run = PipelineRun.Start(
            GivingBack(_ => AfPacketNic.Open(wire.Near), stack, () => opened++).Build());
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        for (var i = 0; i < 10; i++) wire.Send(Datagram());
        await Threads.Eventually(() => run.View().Ledger.Passed.Packets == 10);
        run.Drain();
        await run.Completion.WaitAsync(Runs.Patience);

        Assert.Equal((0, 0), (opened, stack.Count("rx_packets")));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Beside_a_generic_program_giving_back_is_refused_because_packets_would_go_round()
    {
        using var wire = new VethWire();
        using var stack = new TapWire(name: "plx1");
        var setup = GivingBack(_ => AfXdpNic.Open(wire.Near, new AfXdpOptions { Mode = XdpMode.Generic, Pages = 512 }), stack).Build();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var run = PipelineRun.Start(setup);
            await run.Completion.WaitAsync(Runs.Patience);
        });

        Assert.Contains($"consumer stack: {wire.Near} is taken from behind its driver", (refusal.InnerException ?? refusal).Message);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_guests_each_get_what_is_sent_to_their_address_and_a_bundle_is_for_one_of_them(bool isMacvtap)
    {
        const int EachGets = 100;
        using var wire = new VethWire();
        using var first = new TapWire(isMacvtap, name: "plx1", address: "02:00:00:00:00:0a");
        using var second = new TapWire(isMacvtap, name: "plx2", address: "02:00:00:00:00:0b");
        using var firstGuest = first.Inside(() => TapNic.Open(first.Name));
        using var secondGuest = second.Inside(() => TapNic.Open(second.Name));
        var sent = new List<(string To, byte[] Guests)>();
        await using var run = PipelineRun.Start(
            new PipelineBuilder()
                .ReceiveFrom(_ => AfPacketNic.Open(wire.Near))
                .Rules("rule first match 0:ffffffffffff:02000000000a mark 1\nrule second match 0:ffffffffffff:02000000000b mark 2\n")
                .Consumer(Forward("first", first.Name)).Consumer(Forward("second", second.Name))
                .Route("first", mark: 1).Route("second", mark: 2)
                .TransmitBy(to => new Watched((to.Name == first.Name ? first : second).Inside(() => Transmitters.Open(to)), to.Name, sent))
                .Build());
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        for (var i = 0; i < 2 * EachGets; i++) wire.Send(To((byte)(0x0a + (i % 2))));
        await Threads.Eventually(() => run.View().Ledger.Delivered.Packets == 2 * EachGets);
        run.Drain();

        Assert.True((await run.Completion.WaitAsync(Runs.Patience)).View.Balanced);
        Assert.Equal(Enumerable.Repeat((byte)0x0a, EachGets), GuestsOf(firstGuest, EachGets));
        Assert.Equal(Enumerable.Repeat((byte)0x0b, EachGets), GuestsOf(secondGuest, EachGets));
        Assert.All(sent, bundle => Assert.Equal([bundle.To == first.Name ? (byte)0x0a : (byte)0x0b], bundle.Guests.Distinct()));
        Assert.Contains(sent, bundle => bundle.Guests.Length > 1);
    }

    private static ConsumerOptions Forward(string name, string to) => new()
    {
        Name = name, Kind = ConsumerKind.Bypass, Handler = "forward", To = new TransmitTarget(TransmitKind.Interface, to),
    };

    private static PipelineBuilder GivingBack(Func<IServiceProvider, INic> source, TapWire stack, Action? opened = null) =>
        new PipelineBuilder()
            .ReceiveFrom(source)
            .Consumer(new ConsumerOptions { Name = "stack", Kind = ConsumerKind.Stack, To = new TransmitTarget(TransmitKind.Tap, stack.Name) })
            .TransmitBy(to =>
            {
                opened?.Invoke();
                return stack.Inside(() => Transmitters.Open(to));
            });

    private static UdpClient Serving(TapWire stack)
    {
        stack.Inside("ip", "link", "set", stack.Name, "address", "02:00:00:00:00:09");
        stack.Inside("ip", "address", "add", $"{Host}/24", "dev", stack.Name);
        var server = stack.Inside(() => new UdpClient(new IPEndPoint(Host, 7000)));
        server.Client.ReceiveTimeout = (int)Runs.Patience.TotalMilliseconds;
        return server;
    }

    /// <summary>UDP from 10.9.0.2 to port 7000 of <see cref="Host"/>, without a checksum (RFC 768), 4 bytes of payload.</summary>
    private static byte[] Datagram() => Convert.FromHexString(
        "020000000009020000000002" + "0800" + "45000020000000004011" + "66b9" + "0a0900020a090001" + "0fa01b58000c0000" + "01020304");

    private static byte[] To(byte guest) => [2, 0, 0, 0, 0, guest, 2, 0, 0, 0, 0, 2, 0x88, 0xb5, .. new byte[46]];

    /// <summary>Reads as a guest would, until it has so many packets.</summary>
    private static List<byte> GuestsOf(TapNic nic, int packets)
    {
        var guests = new List<byte>();
        BundleWalk.Through(nic, bundle =>
        {
            foreach (ref readonly var packet in bundle.Packets) guests.Add(bundle.BytesOf(packet)[5]);
            return guests.Count < packets;
        });
        return guests;
    }

    /// <summary>Remembers for which guests the bundles are that it hands on.</summary>
    private sealed class Watched(ITransmitter inner, string name, List<(string To, byte[] Guests)> sent) : ITransmitter
    {
        public string Name => inner.Name;

        public int InFlight => inner.InFlight;

        public bool TryTransmit(Nic.Pages.PageBundle bundle)
        {
            var guests = new List<byte>();
            foreach (ref readonly var packet in bundle.Packets) guests.Add(bundle.BytesOf(packet)[5]);
            lock (sent) sent.Add((name, [.. guests]));
            return inner.TryTransmit(bundle);
        }

        public void Reap() => inner.Reap();

        public void Dispose() => inner.Dispose();
    }
}
