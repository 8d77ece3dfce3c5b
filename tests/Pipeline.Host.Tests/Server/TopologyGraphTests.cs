using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class TopologyGraphTests
{
    private static readonly Dictionary<DropReason, PacketTally> Refused = new() { [DropReason.ShareExceeded] = new(7, 700) };

    private static readonly PipelineView View = Views.Full with
    {
        AtRest = false,
        Source = new("eth0", "XDP is native"),
        Queues =
        [
            new("eth0:0", new(100, 6400), 7) { State = QueueState.Polling, Rate = new(10, 640), PassedByDevice = new(12, 768), PassedByDeviceRate = new(4, 256), Lost = new Dictionary<DeviceLoss, long> { [DeviceLoss.RingFull] = 5 }, LostRates = new Dictionary<DeviceLoss, double> { [DeviceLoss.RingFull] = 2.5 } },
            new("eth0:1", new(0, 0), 0) { State = QueueState.BackingOff, Trouble = "the interface is down" },
        ],
        Routers =
        [
            new("router-eth0:0", "eth0:0", 3, new MailboxView(3, 9, TimeSpan.FromMicroseconds(50)), Waits: true),
            new("router-eth0:1", "eth0:1", 3, new MailboxView(1, 12, TimeSpan.FromMicroseconds(20)), Waits: false),
        ],
        Routes =
        [
            new(new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "web" }, Overload.DropNew, new(60, 4000), Refused, 8, 8) { Rate = new(6, 400), DroppedRate = new(1, 100) },
            new(new RouteOptions { To = "stack" }, Overload.Wait, new(30, 1900), new Dictionary<DropReason, PacketTally>(), 0, 8),
        ],
        Consumers =
        [
            new("web", "bypass", new(60, 4000), 5, 2, [])
            {
                DroppedByReason = Refused,
                DroppedRate = new(1, 100),
                Instances =
                [
                    new("web-0", ConsumerState.Running, 0, null, new MailboxView(2, 4, default), HandoffView.None),
                    new("web-1", ConsumerState.BackingOff, 2, "no luck", new MailboxView(5, 6, TimeSpan.FromMicroseconds(7)), HandoffView.None),
                ],
            },
            new("stack", "stack", new(30, 1900), 3, 0, []) { Instances = [new("stack-0", ConsumerState.Running, 0, null, default, HandoffView.None)] },
        ],
    };

    [Fact]
    public void Every_id_is_there_once_and_every_edge_has_both_ends()
    {
        var topology = TopologyGraph.Of(View with { LinksOut = [new("n2", PeerState.Up) { Instances = ["web n2/0", "gone n2/0"] }, new("n2", PeerState.GivenUp)] });

        var ids = topology.Nodes.Select(n => n.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(topology.Edges, e => Assert.Equal((true, true), (ids.Contains(e.From), ids.Contains(e.To))));
        Assert.Equal(topology.Nodes.Select(n => n.Layer).Order(), topology.Nodes.Select(n => n.Layer));
    }

    [Fact]
    public void What_a_device_passes_by_itself_goes_past_the_rules()
    {
        var topology = TopologyGraph.Of(View);

        Assert.Equal((88, 5632, new RateJson(6, 384)), Edge(topology, "queue:eth0:0", "rules"));
        Assert.Equal((12, 768, new RateJson(4, 256)), Edge(topology, "queue:eth0:0", "consumer:stack"));
        Assert.DoesNotContain(topology.Edges, e => e is { From: "queue:eth0:1", To: "consumer:stack" });
        Assert.Equal((88, new RateJson(6, 384)), (Node(topology, "rules").Packets, Node(topology, "rules").Rate));
    }

    [Fact]
    public void Losses_and_drops_are_where_they_happen()
    {
        var topology = TopologyGraph.Of(View);

        Assert.Equal((5, 2.5), (Node(topology, "queue:eth0:0").Lost!.Packets, Node(topology, "queue:eth0:0").LostRate));
        Assert.Equal((5, 2.5), (Node(topology, "source:eth0").Lost!.Packets, Node(topology, "source:eth0").LostRate));
        var way = topology.Edges.Single(e => e is { From: "rules", To: "route:1" });
        Assert.Equal((7, new RateJson(1, 100), "0x10"), (way.Dropped!.Reasons["share-exceeded"], way.DroppedRate, way.Mark));
        Assert.Equal((7, 7), (Node(topology, "route:1").Dropped!.Packets, Node(topology, "consumer:web").Dropped!.Packets));
        Assert.Null(topology.Edges.Single(e => e.From == "route:1").Dropped);
    }

    [Fact]
    public void Each_part_says_what_is_wrong_with_it()
    {
        var topology = TopologyGraph.Of(View);

        Assert.Equal(("waiting", "its router waits, because a route that may wait has no room"), Words("queue:eth0:0"));
        Assert.Equal(("backing-off", "the interface is down"), Words("queue:eth0:1"));
        Assert.Equal(("waiting", "generation 3: 2 rules, 1 guard; 57 packets matched no rule"), Words("rules"));
        Assert.Equal(("full", "takes mark 0x10; holds 8 of 8 pages, then drop-new"), Words("route:1"));
        Assert.Equal(("backing-off", "bypass, 2 instances; last failure: no luck"), Words("consumer:web"));
        Assert.Equal(("running", "XDP is native"), Words("source:eth0"));

        (string State, string Detail) Words(string id) => (Node(topology, id).State, Node(topology, id).Detail);
    }

    [Fact]
    public void Mailboxes_add_up_and_the_longest_wait_counts()
    {
        var topology = TopologyGraph.Of(View);

        Assert.Equal(new MailboxJson(3, 9, 50), Node(topology, "queue:eth0:0").Mailbox);
        Assert.Equal(new MailboxJson(4, 12, 50), Node(topology, "rules").Mailbox);
        Assert.Equal(new MailboxJson(7, 6, 7), Node(topology, "consumer:web").Mailbox);
        Assert.Null(Node(topology, "source:eth0").Mailbox);
    }

    [Fact]
    public void Nodes_of_the_cluster_stand_behind_the_consumers_that_they_run()
    {
        var link = new LinkOutView("n2", PeerState.Up) { Instances = ["web n2/0", "web n2/1"], Sent = new(40, 3000), Rate = new(4, 300), PacketsInFlight = 3 };
        var remote = View.Consumers[0] with { Instances = [] };

        var topology = TopologyGraph.Of(View with { Consumers = [remote, View.Consumers[1]], LinksOut = [link] });
        var lonely = TopologyGraph.Of(View with { Consumers = [remote] });

        Assert.Equal(("up", "runs web n2/0, web n2/1; 3 packets in flight", 5), (Node(topology, "node:n2").State, Node(topology, "node:n2").Detail, Node(topology, "node:n2").Layer));
        Assert.Equal((40, 3000, new RateJson(4, 300)), Edge(topology, "consumer:web", "node:n2"));
        Assert.Equal(("remote", "vacant"), (Node(topology, "consumer:web").State, Node(lonely, "consumer:web").State));
    }

    [Fact]
    public void A_link_of_several_consumers_says_nothing_of_one()
    {
        var link = new LinkOutView("n2", PeerState.Up) { Instances = ["web n2/0", "stack n2/0"], Sent = new(40, 3000) };

        var edge = TopologyGraph.Of(View with { LinksOut = [link] }).Edges.Single(e => e is { From: "consumer:web", To: "node:n2" });

        Assert.Equal((null, null), (edge.Packets, edge.Rate));
    }

    [Fact]
    public void Names_cannot_break_out_of_a_flowchart()
    {
        var lines = TopologyMermaid.Of(TopologyGraph.Of(View with { Source = new("a\"]\n click <b>#1", null) })).ToList();

        Assert.Equal("  n0[\"source a#34;#93;#10; click #60;b#62;#35;1<br/>10 packets/s, running<br/>5 lost by the device\"]\n", lines[1]);
        Assert.All(lines, l => Assert.Equal(l.Length - 1, l.IndexOf('\n', StringComparison.Ordinal)));
    }

    private static TopologyNodeJson Node(TopologyJson topology, string id) => topology.Nodes.Single(n => n.Id == id);

    private static (long? Packets, long? Bytes, RateJson? Rate) Edge(TopologyJson topology, string from, string to)
    {
        var edge = topology.Edges.Single(e => e.From == from && e.To == to);
        return (edge.Packets, edge.Bytes, edge.Rate);
    }
}
