using CsCheck;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Actors.Tests.Serialization;

/// <summary>What is written and read, and what neither.</summary>
public sealed class WireCodecTests
{
    private static readonly WireCodec Codec = WireCodec.Shared;

    public static IEnumerable<object[]> Samples => WireSamples.Frozen();

    public static IEnumerable<object[]> Encoded => WireSamples.Encoded();

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_comes_back_as_it_was(object message, string manifest, string bytes)
    {
        var read = Codec.Decode(Convert.FromHexString(bytes), manifest);

        Assert.Equivalent(message, read, strict: true);
    }

    [Theory]
    [MemberData(nameof(Encoded))]
    public void A_message_that_is_cut_off_anywhere_is_refused(string manifest, string bytes)
    {
        var all = Convert.FromHexString(bytes);

        Assert.All(
            Enumerable.Range(0, all.Length),
            n => Assert.Equal(WireRefusalReason.NotItsShape, ReasonOf(() => Codec.Decode(all[..n], manifest))));
    }

    [Theory]
    [MemberData(nameof(Encoded))]
    public void Bytes_after_the_end_of_a_message_are_refused(string manifest, string bytes)
    {
        byte[] longer = [.. Convert.FromHexString(bytes), 0];

        Assert.Equal(WireRefusalReason.BytesLeftOver, ReasonOf(() => Codec.Decode(longer, manifest)));
    }

    [Theory]
    [MemberData(nameof(Encoded))]
    public void A_message_under_the_manifest_of_another_is_refused(string manifest, string bytes)
    {
        var others = WireTypes.All.List.Where(t => t.IsMessage && t.Name != manifest);
        var all = Convert.FromHexString(bytes);

        Assert.All(others, o => Assert.Equal(WireRefusalReason.NotItsShape, ReasonOf(() => Codec.Decode(all, o.Name))));
    }

    [Theory]
    [InlineData("hello2")]
    [InlineData("offer1")]
    [InlineData("HELLO1")]
    [InlineData("")]
    public void A_manifest_that_is_no_message_of_ours_is_refused_before_the_bytes_are_looked_at(string manifest) =>
        Assert.Equal(WireRefusalReason.UnknownType, ReasonOf(() => Codec.Decode([], manifest)));

    [Fact]
    public void A_type_that_is_not_ours_is_not_written() =>
        Assert.All<object>(
            ["text", 1, new List<string> { "a" }, new Uri("http://pipeline.example"), new Stranger("a"), WireSamples.Flows],
            o => Assert.Equal(WireRefusalReason.UnknownType, ReasonOf(() => Codec.Encode(o))));

    [Fact]
    public void The_library_itself_writes_and_reads_no_type_by_name_but_ours()
    {
        var filter = new WireTypeFilter(WireTypes.All);

        Assert.All([typeof(Stranger), typeof(Uri), typeof(List<InstanceOffer>), typeof(InstanceOffer[][])], t =>
        {
            Assert.False(filter.IsAllowed(t.AssemblyQualifiedName!));
            Assert.False(filter.IsAllowed(WireShapes.NameOf(t)));
        });
        Assert.All([typeof(InstanceOffer), typeof(InstanceOffer[]), typeof(NodeHello)], t =>
        {
            Assert.True(filter.IsAllowed(t.AssemblyQualifiedName!));
            Assert.True(filter.IsAllowed(WireShapes.NameOf(t)));
        });
    }

    [Fact]
    public void A_type_that_is_not_ours_is_refused_where_a_part_of_ours_is_expected()
    {
        // The name of a type with another of the same length in its place.
        var (ours, other) = ("InstanceOffer[]"u8.ToArray(), "Instance0ffer[]"u8.ToArray());
        var bytes = Codec.Encode(WireSamples.Offers);
        other.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(ours)));

        var refused = Assert.Throws<WireRefusedException>(() => Codec.Decode(bytes, "offers1"));

        Assert.Equal((WireRefusalReason.NotItsShape, "NodeOffers.Offers is of another type."), (refused.Reason, refused.Message));
    }

    [Fact]
    public void What_is_null_is_not_written_and_the_refusal_names_the_field()
    {
        (object Message, string Field)[] nulls =
        [
            (WireSamples.Hello with { Node = null! }, "NodeHello.Node"),
            (WireSamples.Offers with { Offers = [null!] }, "NodeOffers.Offers"),
            (WireSamples.Offers with { Offers = null! }, "NodeOffers.Offers"),
            (WireSamples.Offers with { Offers = [WireSamples.Flows with { Group = null! }] }, "InstanceOffer.Group"),
        ];

        Assert.All(nulls, n => Assert.Equal($"{n.Field} is null.", WordsOf(() => Codec.Encode(n.Message))));
    }

    [Fact]
    public void A_value_that_an_enum_does_not_have_is_not_written()
    {
        var offers = WireSamples.Offers with { Offers = [WireSamples.Flows with { Kind = 0 }] };

        Assert.Equal("InstanceOffer.Kind is 0, which is no InstanceKind.", WordsOf(() => Codec.Encode(offers)));
    }

    [Fact]
    public void A_message_over_the_limit_of_its_type_is_neither_written_nor_read()
    {
        var most = WireTypes.All.MessageNamed("refused1")!.MostBytes;
        var without = Codec.Encode(Refused(255)).Length - 255;

        Assert.Equal(most, Codec.Encode(Refused(most - without)).Length);
        Assert.Equal(WireRefusalReason.TooLong, ReasonOf(() => Codec.Encode(Refused(most - without + 1))));
        Assert.Equal(WireRefusalReason.TooLong, ReasonOf(() => Codec.Decode(new byte[most + 1], "refused1")));

        static NodeRefused Refused(int reason) => new() { Node = "n", ToUid = 1, Reason = new string('r', reason) };
    }

    [Fact]
    public void Lengths_in_the_bytes_are_compared_with_the_bytes_that_are_there_before_anything_is_allocated()
    {
        // A text, an array of bytes and an array of parts that say they are as long as can be said.
        (byte[] Bytes, string Manifest)[] liars =
        [
            (Changed(WireSamples.Hello, "n1"u8, -1, 255, 255, 255, 127), "hello1"),
            (Changed(WireSamples.Piece, "hello"u8, -4, 255, 255, 255, 127), "textpiece1"),
            (Changed(WireSamples.Offers, "InstanceOffer[], Pipeline.Actors"u8, 32, 255, 255, 255, 127), "offers1"),
        ];

        Assert.All(liars, l => Assert.Equal(WireRefusalReason.NotItsShape, ReasonOf(() => Codec.Decode(l.Bytes, l.Manifest))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var (bytes, manifest) in liars) ReasonOf(() => Codec.Decode(bytes, manifest));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Many_threads_write_and_read_with_a_codec_that_is_new()
    {
        var codec = new WireCodec(WireTypes.All);
        var samples = WireSamples.Messages.ToArray();

        Parallel.For(0, 400, i =>
        {
            var message = samples[i % samples.Length];
            var bytes = codec.Encode(message);
            Assert.Equal(bytes, codec.Encode(codec.Decode(bytes, codec.TypeOf(message).Name)));
        });
    }

    /// <summary>
    /// Whatever is changed in the bytes: they are refused, or they are the bytes of the message that is read, all of them.
    /// </summary>
    [Fact]
    public void Bytes_that_are_read_are_exactly_those_that_the_message_has()
    {
        var samples = WireSamples.Messages.Select(m => (Manifest: Codec.TypeOf(m).Name, Bytes: Codec.Encode(m))).ToArray();
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Select(Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 2]).Array[1, 3]).Sample(
            (sample, changes) =>
            {
                var (manifest, bytes) = samples[sample];
                var changed = bytes.ToList();
                foreach (var (at, value, how) in changes) Change(changed, at % changed.Count, value, how);

                try
                {
                    var read = Codec.Decode([.. changed], manifest);
                    return Codec.Encode(read).SequenceEqual(changed);
                }
                catch (WireRefusedException e)
                {
                    return e.Reason is WireRefusalReason.NotItsShape or WireRefusalReason.BytesLeftOver;
                }
            },
            iter: TestSupport.Iterations.Of(20_000));
    }

    private static void Change(List<byte> bytes, int at, byte value, int how)
    {
        if (how == 0) bytes[at] = value;
        else if (how == 1) bytes.Insert(at, value);
        else if (bytes.Count > 1) bytes.RemoveAt(at);
    }

    /// <summary>The bytes of a message with others at a distance from the place of a text in them.</summary>
    private static byte[] Changed(object message, ReadOnlySpan<byte> near, int distance, params ReadOnlySpan<byte> others)
    {
        var bytes = Codec.Encode(message);
        others.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(near) + distance));
        return bytes;
    }

    private static string WordsOf(Func<object> act) => Assert.Throws<WireRefusedException>(act).Message;

    private static WireRefusalReason ReasonOf(Func<object> act) => Assert.Throws<WireRefusedException>(act).Reason;

    private sealed record Stranger(string A);
}
