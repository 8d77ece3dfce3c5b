using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Actors.Tests.Serialization;

/// <summary>The serializers as an actor system makes and uses them, and what they count.</summary>
public sealed class ControlSerializerSpecs : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("serializers", Settings());

    public void Dispose() => _system.Dispose();

    [Fact]
    public void A_message_goes_through_the_actor_systems_serialization_and_back()
    {
        var serializer = _system.Serialization.FindSerializerFor(WireSamples.Hello);
        var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, WireSamples.Hello);

        var read = _system.Serialization.Deserialize(serializer.ToBinary(WireSamples.Hello), ControlSerializer.Id, manifest);

        Assert.Equal("hello1", manifest);
        Assert.Equivalent(WireSamples.Hello, read, strict: true);
    }

    [Fact]
    public void A_marked_type_that_is_not_in_the_list_is_refused_and_counted()
    {
        var serializer = Assert.IsType<ControlSerializer>(_system.Serialization.FindSerializerFor(new NotListed("a")));

        Assert.Throws<WireRefusedException>(() => serializer.Manifest(new NotListed("a")));
        Assert.Throws<WireRefusedException>(() => serializer.ToBinary(new NotListed("a")));

        var refusals = WireRefusals.Of(_system);
        Assert.Equal((2, 0), (refusals.Written(WireRefusalReason.UnknownType), refusals.Read(WireRefusalReason.UnknownType)));
        Assert.Equal(
            new WireRefusal("NotListed", false, WireRefusalReason.UnknownType, "NotListed is not in the list of wire types."),
            refusals.Latest(WireRefusalReason.UnknownType));
    }

    [Fact]
    public void A_manifest_from_another_node_is_shown_without_what_controls_a_terminal()
    {
        var serializer = (ControlSerializer)_system.Serialization.FindSerializerForType(typeof(NodeHello));

        Assert.Throws<WireRefusedException>(() => serializer.FromBinary([], "a\u001b[2J" + new string('b', 1000)));

        var latest = WireRefusals.Of(_system).Latest(WireRefusalReason.UnknownType)!;
        Assert.Equal(("a\ufffd[2J" + new string('b', 55) + "...", true), (latest.Message, latest.IsRead));
        Assert.DoesNotContain('\u001b', latest.Words);
    }

    [Fact]
    public void JSON_is_refused_in_both_directions_and_counted()
    {
        var json = new RefusedJson((ExtendedActorSystem)_system, Config.Empty);

        Assert.Throws<WireRefusedException>(() => json.Manifest("text"));
        Assert.Throws<WireRefusedException>(() => json.ToBinary("text"));
        Assert.Throws<WireRefusedException>(() => { _system.Serialization.Deserialize("{}"u8.ToArray(), 1, "no type of this name"); });
        var refusals = WireRefusals.Of(_system);
        Assert.Equal((2, 1), (refusals.Written(WireRefusalReason.Json), refusals.Read(WireRefusalReason.Json)));
        Assert.Equal("no type of this name", refusals.Latest(WireRefusalReason.Json)!.Message);
    }

    [Fact]
    public void A_type_that_nobody_named_a_serializer_for_has_none() =>
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(new Unmarked("a")));

    [Fact]
    public void Whether_a_message_goes_into_a_frame_is_known_and_counted_before_it_is_told()
    {
        var room = new FrameRoom(_system);

        Assert.True(room.Fits(WireSamples.Offers));
        Assert.False(room.Fits(Offers(2_000)));

        Assert.Equal(32_000 - FrameRoom.Envelope, room.MostBytes);
        Assert.Equal(1, WireRefusals.Of(_system).Written(WireRefusalReason.TooLong));
        Assert.Equal("NodeOffers has 62092 bytes, and at most 29952 go into a frame.", WhyTooLong);
    }

    [Fact]
    public void A_message_over_the_limit_of_its_type_goes_into_no_frame()
    {
        Assert.False(new FrameRoom(_system).Fits(Offers(20_000)));

        Assert.Equal("offers1 has 620092 bytes, and at most 98304 are allowed.", WhyTooLong);
    }

    [Fact]
    public void An_actor_system_without_frames_has_no_room_in_them()
    {
        using var alone = ActorSystem.Create("alone");

        Assert.Throws<InvalidOperationException>(() => new FrameRoom(alone));
    }

    private string? WhyTooLong => WireRefusals.Of(_system).Latest(WireRefusalReason.TooLong)?.Words;

    private static NodeOffers Offers(int instances) =>
        WireSamples.Offers with { Offers = [.. Enumerable.Repeat(WireSamples.Capture, instances)] };

    /// <summary>What hocon/cluster.conf says of serializers, in a system that has no cluster.</summary>
    private static Config Settings()
    {
        using var stream = typeof(PipelineRun).Assembly.GetManifestResourceStream("hocon/cluster.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(
                """
                akka { actor.provider = local, loglevel = OFF, stdout-loglevel = OFF }
                akka.remote.dot-netty.tcp.maximum-frame-size = 32000b
                """)
            .WithFallback(ConfigurationFactory.ParseString(reader.ReadToEnd()));
    }

    private sealed record NotListed(string A) : IClusterMessage;

    private sealed record Unmarked(string A);
}
