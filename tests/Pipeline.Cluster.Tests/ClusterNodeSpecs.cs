using System.Net;
using Akka.Actor;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class ClusterNodeSpecs : IAsyncLifetime
{
    private readonly Nodes _nodes = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Of_what_a_node_offers_only_instances_that_can_be_are_taken()
    {
        var first = _nodes.Start(1);
        var second = _nodes.Start(2);
        var seen = PeerSet.None;
        first.WatchPeers(peers => Volatile.Write(ref seen, peers));
        var sound = new InstanceOffer { Group = "work", Number = 0, Lane = 2, Kind = InstanceKind.Bypass, BytesOfPacket = 64, Weight = 1 };

        second.Offer(
        [
            sound with { Number = 1, Lane = -2 }, sound with { Number = 2, Lane = 1024 }, sound with { Number = 3, Lane = 5 },
            sound with { Number = 4, Lane = 6, Weight = 1_000_000 }, sound with { Number = 5, Lane = 8, BytesOfPacket = -1 },
            sound, sound with { Number = 6 }, sound with { Lane = 10 },
        ]);

        await _nodes.UntilSaid("no packets go between n1 and n2: n2 offers instances that cannot be");
        Assert.Equal([sound], Assert.Single(Volatile.Read(ref seen).Peers).Offers);
    }

    [Fact]
    public async Task A_node_that_hears_nothing_of_the_seeds_looks_for_them_with_another_actor_system_and_says_nothing_of_it()
    {
        var second = _nodes.Start(2);

        ((IClusterListener)second).OnUnheard(ticks: 5);
        _nodes.Start(1);

        await _nodes.UntilUp(2, "n1", "n2");
        Assert.Equal(0, second.View.Restarts);
        Assert.DoesNotContain(_nodes.Said, words => words.Contains("lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_find_each_other_by_their_seeds_and_tell_names_and_roles()
    {
        _nodes.Start(1, ClusterRole.Nic, ClusterRole.Dashboard);
        _nodes.Start(2);
        _nodes.Start(3, ClusterRole.Witness);

        await _nodes.UntilUp(3, "n1", "n2", "n3");

        var members = _nodes[3].View.Members;
        Assert.Equal([ClusterRole.Nic, ClusterRole.Dashboard], members[0].Roles);
        Assert.Equal([ClusterRole.Witness], members[2].Roles);
        Assert.Equal(_nodes.At(2).ToString(), members[1].Address);
        await _nodes.Until(3, v => v.Leader == "n1");
    }

    [Fact]
    public async Task Who_is_asked_to_leave_goes_and_stays_away()
    {
        _nodes.Start(1);
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1", "n2");
        await _nodes.UntilUp(2, "n1", "n2");

        Assert.Null(_nodes[1].Leave("n2"));

        await _nodes.Until(2, v => v.State == ClusterState.Left);
        await _nodes.UntilUp(1, "n1");
        Assert.Contains("n1: n2 has left", _nodes.Said);
        Assert.Equal("n2 is in no cluster now", _nodes[2].Leave("n1"));
    }

    [Fact]
    public async Task A_node_that_ends_leaves_the_others_at_once()
    {
        _nodes.Start(1);
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1", "n2");

        await _nodes[2].DisposeAsync();

        await _nodes.UntilUp(1, "n1");
        Assert.DoesNotContain(_nodes.Said, s => s.Contains("cannot be reached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_says_who_is_no_seed_and_was_not_asked_has_no_effect()
    {
        _nodes.Change = (_, options) => options with { Seeds = [_nodes.At(1)] };
        _nodes.Start(1);
        await _nodes.UntilUp(1, "n1");
        using var stranger = Node.With($"akka.remote.dot-netty.tcp.hostname = {_nodes.At(9).Address}");
        using var inbox = Inbox.Create(stranger.System);
        var scout = stranger.System.ActorSelection($"akka.tcp://pipeline@{_nodes.At(1)}/user/scout");

        foreach (var words in (string[])["99 10.0.0.1:1", "98 -", "99", " 99 x", "-99 x", "99999999999 x", "", "\0\n \u001b"]) scout.Tell(words, inbox.Receiver);
        scout.Tell("how many are you with?", inbox.Receiver);

        // Messages of one sender keep their order, so what was said before has been taken by now.
        Assert.Equal($"1 {_nodes.At(1)}", inbox.Receive(TimeSpan.FromSeconds(20)));
        await _nodes.UntilUp(1, "n1");
        Assert.Equal(0, _nodes[1].View.Restarts);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_refused_and_so_is_any_name_while_nobody_is_known()
    {
        _nodes.Change = (_, options) => options with { Seeds = [_nodes.At(1)] };
        _nodes.Start(1);
        _nodes.Change = (_, options) => options with { Seeds = [_nodes.At(9)] };
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1");

        Assert.Equal("no member is called n9; there are n1", _nodes[1].Leave("n9"));
        Assert.Equal("n2 is in no cluster now", _nodes[2].Leave("n9"));
    }

    [Fact]
    public async Task A_member_with_an_address_of_IPv6_can_be_asked_to_leave_and_is_a_member_until_it_has_left()
    {
        var (first, second) = (new IPEndPoint(IPAddress.IPv6Loopback, _nodes.At(1).Port), new IPEndPoint(IPAddress.IPv6Loopback, _nodes.At(1).Port + 1));
        _nodes.Change = (number, options) => options with { Listen = number == 1 ? first : second, Seeds = [first] };
        _nodes.Start(1);
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1", "n2");
        await _nodes.UntilUp(2, "n1", "n2");

        Assert.Null(_nodes[1].Leave("n2"));

        var seen = await _nodes.UntilItHasLeft(2);
        Assert.All(seen.Where(v => v.Members.Any(m => m.Name == "n2")), v => Assert.Equal(ClusterState.Member, v.State));
    }

    [Fact]
    public void An_address_that_is_taken_or_no_address_of_this_machine_is_said()
    {
        _nodes.Start(1);

        var taken = Assert.Throws<ClusterException>(() => _nodes.Start(1));
        _nodes.Change = (_, options) => options with { Listen = new(IPAddress.Parse("192.0.2.1"), options.Listen.Port) };
        var foreign = Assert.Throws<ClusterException>(() => _nodes.Start(2));

        Assert.Equal($"cluster: {_nodes.At(1)}: somebody listens there already", taken.Message);
        Assert.Equal($"cluster: 192.0.2.1:{_nodes.At(1).Port}: this machine has no such address", foreign.Message);
    }
}
