using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Actors.Tests.Serialization;

/// <summary>Types that must not travel are refused when the list is made, not when one of them is sent.</summary>
public sealed class WireShapesTests
{
    [Theory]
    [InlineData(typeof(Base), "not a sealed record")]
    [InlineData(typeof(Derived), "not a sealed record")]
    [InlineData(typeof(Chain), "refers to itself")]
    [InlineData(typeof(Value), "not a sealed record")]
    [InlineData(typeof(Generic<int>), "not a sealed record")]
    [InlineData(typeof(HasObject), "not in the list")]
    [InlineData(typeof(HasDictionary), "not in the list")]
    [InlineData(typeof(HasList), "not in the list")]
    [InlineData(typeof(HasNullable), "not in the list")]
    [InlineData(typeof(HasNint), "not in the list")]
    [InlineData(typeof(HasTable), "not in the list")]
    [InlineData(typeof(HasBytesOfBytes), "not in the list")]
    [InlineData(typeof(HasStrangeEnum), "not in the list")]
    [InlineData(typeof(DayOfWeek), "not of one byte")]
    public void A_type_that_must_not_travel_is_refused_with_the_reason(Type type, string reason)
    {
        var types = new WireTypes([new WireType("type1", type, 100)]);

        var refused = Assert.Throws<ArgumentException>(() => new WireCodec(types));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_field_comes_back_as_it_was()
    {
        var codec = new WireCodec(new WireTypes(
            [new("kinds1", typeof(Kinds), 10_000), new("colour1", typeof(Colour)), new("part1", typeof(Part))]));
        var sent = new Kinds
        {
            Bool = true, Byte = 200, Short = -2, UShort = 65_000, Int = -3, UInt = 4_000_000_000, Long = long.MinValue,
            ULong = ulong.MaxValue, Double = -0.5, Guid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            Text = new string('x', 253), LongerText = new string('ü', 254), Colour = Colour.Blue, Part = new Part { Name = "" },
            Bytes = [1, 2, 3], Bools = [true, false], Longs = [1, -1], Doubles = [double.NaN, 1], Guids = [Guid.Empty],
            Texts = ["", "a"], Colours = [Colour.Red, Colour.Blue], MoreColours = [Colour.Blue], Parts = [new Part { Name = "p" }],
            MoreParts = [],
        };

        var bytes = codec.Encode(sent);
        var read = Assert.IsType<Kinds>(codec.Decode(bytes, "kinds1"));

        Assert.Equivalent(sent, read, strict: true);
        Assert.Equal(bytes, codec.Encode(read));
    }

    private enum Colour : byte
    {
        Red,
        Blue,
    }

    private record Base(int A);

    private sealed record Derived(int A, int B) : Base(A);

    private sealed record Chain(Chain[] Next);

    private readonly record struct Value(int A);

    private sealed record Generic<T>(T A);

    private sealed record HasObject(object A);

    private sealed record HasDictionary(Dictionary<string, int> A);

    private sealed record HasList(List<int> A);

    private sealed record HasNullable(int? A);

    private sealed record HasNint(nint A);

    private sealed record HasTable(int[,] A);

    private sealed record HasBytesOfBytes(byte[][] A);

    private sealed record HasStrangeEnum(DayOfWeek A);

    private sealed record Part
    {
        public required string Name { get; init; }
    }

    private sealed record Kinds
    {
        public required bool Bool { get; init; }
        public required byte Byte { get; init; }
        public required short Short { get; init; }
        public required ushort UShort { get; init; }
        public required int Int { get; init; }
        public required uint UInt { get; init; }
        public required long Long { get; init; }
        public required ulong ULong { get; init; }
        public required double Double { get; init; }
        public required Guid Guid { get; init; }
        public required string Text { get; init; }
        public required string LongerText { get; init; }
        public required Colour Colour { get; init; }
        public required Part Part { get; init; }
        public required byte[] Bytes { get; init; }
        public required bool[] Bools { get; init; }
        public required long[] Longs { get; init; }
        public required double[] Doubles { get; init; }
        public required Guid[] Guids { get; init; }
        public required string[] Texts { get; init; }
        public required Colour[] Colours { get; init; }
        public required Colour[] MoreColours { get; init; }
        public required Part[] Parts { get; init; }
        public required Part[] MoreParts { get; init; }
    }
}
