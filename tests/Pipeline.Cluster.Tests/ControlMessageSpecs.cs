using Akka.Actor;
using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Messages between two nodes over loopback, with the serializers that hocon/cluster.conf names.</summary>
/// <remarks>
/// All messages of a test go over one connection, which keeps their order. So when one arrives, those before it have arrived or never will.
/// </remarks>
public sealed class ControlMessageSpecs
{
    private const string Lax =
        """
        akka.actor {
          serialization-settings.allow-unregistered-types = true
          serializers.json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly NodeHello Hello = new()
    {
        Protocol = 1,
        TypesHash = WireTypes.All.Hash,
        Node = "n1",
        Uid = 7,
        DataHost = "127.0.0.1",
        DataPort = 4054,
        FrameLimit = 128_000,
    };

    [Fact]
    public async Task A_hello_arrives_as_it_was_sent()
    {
        using var sender = Node.Shipped();
        using var receiver = Node.Shipped();
        Assert.True(Node.Joined(sender, receiver, Patience));
        using var inbox = await ControlInbox.Open(receiver, sender, Patience);

        inbox.FromTheOther.Tell(Hello);

        Assert.Equivalent(Hello, inbox.Next(Patience), strict: true);
    }

    [Fact]
    public async Task What_is_not_ours_is_not_sent_and_the_next_message_arrives()
    {
        using var sender = Node.Shipped();
        using var receiver = Node.Shipped();
        Assert.True(Node.Joined(sender, receiver, Patience));
        using var inbox = await ControlInbox.Open(receiver, sender, Patience);

        inbox.FromTheOther.Tell(new Unmarked("a"));
        inbox.FromTheOther.Tell(new NotListed("b"));
        inbox.FromTheOther.Tell(Hello);

        Assert.Equivalent(Hello, inbox.Next(Patience), strict: true);
        Assert.Equal("NotListed", WireRefusals.Of(sender.System).Latest(WireRefusalReason.UnknownType)?.Message);
        Assert.All(Enum.GetValues<WireRefusalReason>(), r => Assert.Equal(0, WireRefusals.Of(receiver.System).Read(r)));
    }

    [Fact]
    public async Task JSON_from_a_node_that_sends_it_is_not_delivered_but_counted_and_the_next_message_arrives()
    {
        using var lax = Node.With(Lax);
        using var receiver = Node.Shipped();
        Assert.True(Node.Joined(lax, receiver, Patience));
        using var inbox = await ControlInbox.Open(receiver, lax, Patience);

        inbox.FromTheOther.Tell(new Unmarked("a"));
        inbox.FromTheOther.Tell(Hello);

        Assert.Equivalent(Hello, inbox.Next(Patience), strict: true);
        var refusals = WireRefusals.Of(receiver.System);
        Assert.Equal((1, true), (refusals.Read(WireRefusalReason.Json), refusals.Latest(WireRefusalReason.Json)?.IsRead));
        Assert.Empty(receiver.Missed);
    }

    /// <summary>So what is not delivered above is not delivered because of them.</summary>
    [Fact]
    public async Task Without_these_serializers_the_same_message_is_delivered()
    {
        using var lax = Node.With(Lax);
        using var receiver = Node.With(Lax);
        Assert.True(Node.Joined(lax, receiver, Patience));
        using var inbox = await ControlInbox.Open(receiver, lax, Patience);

        inbox.FromTheOther.Tell(new Unmarked("a"));

        Assert.Equal(new Unmarked("a"), inbox.Next(Patience));
    }

    [Fact]
    public async Task What_fits_into_a_frame_arrives_and_what_does_not_is_lost()
    {
        const string small = "akka.remote.dot-netty.tcp.maximum-frame-size = 32000b";
        using var sender = Node.With(small);
        using var receiver = Node.With(small);
        Assert.True(Node.Joined(sender, receiver, Patience));
        using var inbox = await ControlInbox.Open(receiver, sender, Patience);
        var room = new FrameRoom(sender.System);
        NodeOffers longest = OffersOf(room.MostBytes), tooLong = OffersOf(room.FrameLimit);

        Assert.True(room.Fits(longest));
        Assert.False(room.Fits(OffersOf(room.MostBytes + 1)));
        Assert.False(room.Fits(tooLong));

        inbox.FromTheOther.Tell(tooLong);
        inbox.FromTheOther.Tell(longest);
        Assert.Equivalent(longest, inbox.Next(Patience), strict: true);
        Assert.Equal(2, WireRefusals.Of(sender.System).Written(WireRefusalReason.TooLong));
    }

    [Fact]
    public async Task Distributed_data_reaches_all_nodes_with_these_serializers()
    {
        using var first = Node.Shipped();
        using var second = Node.Shipped();
        var key = new GSetKey<string>("names");
        var (here, there) = (DistributedData.Get(first.System).Replicator, DistributedData.Get(second.System).Replicator);
        Assert.True(Node.Joined(first, second, Patience));

        // A replicator that does not know the other yet would have nobody to write to.
        Assert.True(SpinWait.SpinUntil(() => here.Ask<ReplicaCount>(Dsl.GetReplicaCount, Patience).Result.N == 2, Patience));
        var update = Dsl.Update(key, GSet<string>.Empty, new WriteAll(Patience), s => s.Add("n1"));
        var written = await here.Ask<IUpdateResponse>(update, Patience);
        var read = await there.Ask<IGetResponse>(Dsl.Get(key, ReadLocal.Instance), Patience);

        Assert.IsType<UpdateSuccess>(written);
        Assert.Equal(["n1"], read.Get(key).Elements);
    }

    /// <summary>Offers that have exactly so many bytes.</summary>
    private static NodeOffers OffersOf(int bytes)
    {
        var without = WireCodec.Shared.Encode(Offers(1_000)).Length - 1_000;
        return Offers(bytes - without);

        static NodeOffers Offers(int group) => new()
        {
            Node = "n1",
            Uid = 7,
            Edition = 1,
            Offers =
            [
                new InstanceOffer { Group = new string('g', group), Number = 0, Lane = 0, Kind = InstanceKind.Bypass, BytesOfPacket = 96, Weight = 1 },
            ],
        };
    }

    private sealed record NotListed(string A) : IClusterMessage;

    private sealed record Unmarked(string A);
}
