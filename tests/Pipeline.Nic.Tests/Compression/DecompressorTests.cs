using System.IO.Hashing;
using CsCheck;
using Pipeline.Nic.Compression;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Compression;

public sealed class DecompressorTests
{
    // Data that compresses in every way: noise, runs, repetitions near and far.
    private static readonly Gen<byte[]> Piece = Gen.OneOf(
        Gen.Byte.Array[0, 3000],
        Gen.Select(Gen.Byte, Gen.Int[1, 70_000], (value, count) => Enumerable.Repeat(value, count).ToArray()),
        Gen.Select(Gen.Byte.Array[1, 40], Gen.Int[1, 3000], (word, times) => Enumerable.Repeat(word, times).SelectMany(w => w).ToArray()));

    private static readonly Gen<byte[]> Data = Gen.Select(Piece.Array[0, 6], Gen.Int[0, 3], (pieces, times) =>
        Enumerable.Repeat(pieces, times).SelectMany(p => p).SelectMany(p => p).ToArray());

    private static readonly Gen<string> AnyWay = Gen.Int[0, Packed.Ways.Count].Select(i => i == 0 ? "skip" : Packed.Ways.Keys.ElementAt(i - 1));

    private static readonly byte[] Some = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i >> (i & 7)))];

    public static TheoryData<string> Ways => [.. Packed.Ways.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void What_was_compressed_comes_out_however_it_comes_in(string way) =>
        Gen.Select(Data, Gen.OneOf(Gen.Const(int.MaxValue), Gen.Int[1, 5000]), Gen.Int).Sample(
            (data, mostAtOnce, seed) =>
            {
                var unpacked = Unpacked.Of(Packed.Ways[way](data), mostAtOnce, seed);
                return unpacked.Fault is null && unpacked.Bytes.AsSpan().SequenceEqual(data);
            },
            iter: Iterations.Of(60), print: p => $"{p.Item1.Length} bytes, {p.Item2} at once, seed {p.Item3}");

    [Fact]
    public void Members_of_all_kinds_follow_each_other() =>
        Gen.Select(Gen.Select(Data, AnyWay).Array[1, 6], Gen.Int[1, 5000], Gen.Int).Sample(
            (members, mostAtOnce, seed) =>
            {
                byte[] packed = [.. members.SelectMany(m => m.Item2 == "skip" ? Packed.Skippable : Packed.Ways[m.Item2](m.Item1))];
                var unpacked = Unpacked.Of(packed, mostAtOnce, seed);
                return unpacked.Fault is null && unpacked.Bytes.SequenceEqual(members.SelectMany(m => m.Item2 == "skip" ? [] : m.Item1));
            },
            iter: Iterations.Of(60));

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_file_that_breaks_off_gives_what_is_there_and_says_where(string way)
    {
        var packed = Packed.Ways[way](Some);
        for (var cut = 4; cut < packed.Length; cut++)
        {
            var unpacked = Unpacked.Of(packed[..cut]);
            Assert.Equal(cut, unpacked.Fault?.Offset);
            Assert.StartsWith("the file breaks off in the ", unpacked.Fault!.Message);
            Assert.True(Some.AsSpan().StartsWith(unpacked.Bytes));
        }
    }

    [Fact]
    public void Gzip_data_that_breaks_off_is_given_to_its_last_symbol()
    {
        var packed = Packed.Gzip(Some, 0);
        Assert.InRange(Unpacked.Of(packed[..^100]).Bytes.Length, Some.Length - 100, Some.Length - 90);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Damage_is_found_or_does_no_harm(string way) =>
        Gen.Select(Data, Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[1, 5000]).Sample(
            (data, place, value, mostAtOnce) =>
            {
                var packed = Packed.Ways[way](data);
                packed[place % packed.Length] = value;
                var unpacked = Unpacked.Of(packed, mostAtOnce);
                var isWhole = unpacked.Bytes.AsSpan().SequenceEqual(data);
                // Two ways have no checksum of what is in them.
                return way is "zstd without a size" or "lz4 with a size" || isWhole || unpacked.Fault is not null;
            },
            iter: Iterations.Of(100), print: p => $"{p.Item1.Length} bytes, at {p.Item2}, {p.Item3}, {p.Item4} at once");

    [Theory]
    [InlineData("gzip", 8, "the gzip checksum is ")]
    [InlineData("gzip", 4, "the gzip member says that its data ends with length ")]
    [InlineData("zstd", 4, "the checksum of the zstd frame does not match its data")]
    [InlineData("lz4", 4, "the checksum of the lz4 frame does not match its data")]
    [InlineData("lz4 with checksums of blocks", 8, "the checksum of an lz4 block does not match")]
    public void A_wrong_checksum_is_named(string way, int fromEnd, string expected)
    {
        var packed = Packed.Ways[way](Some);
        packed[^fromEnd] ^= 1;
        Assert.StartsWith(expected, Unpacked.Of(packed).Fault?.Message);
    }

    [Fact]
    public void Zeros_may_follow_gzip_and_nothing_else_may()
    {
        var zeros = Unpacked.Of([.. Packed.Gzip(Some), .. new byte[700]]);
        var others = Unpacked.Of([.. Packed.Gzip(Some), .. "trailer"u8]);
        Assert.Equal((null, Some.Length), (zeros.Fault, zeros.Bytes.Length));
        Assert.Equal("after a gzip member comes 74726169; expected the end, or another gzip member, zstd frame or lz4 frame", others.Fault?.Message);
        Assert.Equal(Some, others.Bytes);
    }

    [Fact]
    public void A_gzip_header_may_have_every_field()
    {
        byte[] header = [0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, .. "name\0comment\0"u8];
        byte[] packed = [.. header, .. BitConverter.GetBytes((ushort)Crc32.HashToUInt32(header)), .. Packed.Gzip(Some).AsSpan(10)];
        for (var most = 1; most < 20; most++) Assert.Equal(Some, Unpacked.Of(packed, most).Bytes);
        packed[header.Length] ^= 1;
        Assert.Equal("the checksum of the gzip header does not match", Unpacked.Of(packed).Fault?.Message);
    }

    [Theory]
    [InlineData(0x88, true)]
    [InlineData(0x89, false)]
    [InlineData(0xa8, false)]
    [InlineData(0xff, false)]
    public void A_zstd_frame_may_need_a_window_of_128_MiB_and_no_more(byte window, bool fits)
    {
        var packed = Packed.ZstdStream(Some);
        packed[5] = window;
        var unpacked = Unpacked.Of(packed);
        Assert.Equal(fits, unpacked.Fault is null);
        if (!fits) Assert.Matches(@"^the zstd frame needs a window of \d+ bytes; the limit is 134217728 \(128 MiB\)", unpacked.Fault!.Message);
    }

    [Fact]
    public void A_zstd_frame_in_one_segment_needs_a_window_of_its_size()
    {
        byte[] packed = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0, 0, 8, 1, 0, 0];
        Assert.StartsWith("the zstd frame needs a window of 134217729 bytes", Unpacked.Of(packed).Fault?.Message);
    }

    [Fact]
    public void A_frame_that_needs_a_dictionary_is_refused_with_its_number() =>
        Assert.StartsWith("the zstd frame needs dictionary 513; ", Unpacked.Of([0x28, 0xb5, 0x2f, 0xfd, 0x02, 0x38, 1, 2, 1, 0, 0]).Fault?.Message);

    [Fact]
    public void Much_out_of_little_needs_no_more_memory()
    {
        var packed = Packed.ZstdOfOneByte(2000);
        var room = new byte[1 << 16];
        var at = 0;
        using var decompressor = new Decompressor(to =>
        {
            var count = Math.Min(to.Length, packed.Length - at);
            packed.AsSpan(at, count).CopyTo(to);
            at += count;
            return count;
        });
        decompressor.Read(room);
        var (before, total, got) = (GC.GetAllocatedBytesForCurrentThread(), 0L, 0);
        while ((got = decompressor.Read(room)) > 0) total += got;
        Assert.InRange(total, 2000L * 128 * 1024 - room.Length, 2000L * 128 * 1024);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void A_source_that_goes_on_for_ever_with_nothing_in_it_lets_the_caller_look_up()
    {
        using var decompressor = new Decompressor(to =>
        {
            for (; to.Length >= Packed.Skippable.Length; to = to[Packed.Skippable.Length..]) Packed.Skippable.CopyTo(to);
            return 256 * 1024 / Packed.Skippable.Length * Packed.Skippable.Length;
        });
        Assert.Equal((Decompressor.Nothing, true), (decompressor.Read(new byte[10]), decompressor.IsPausing));
        Assert.Equal((Decompressor.Nothing, true), (decompressor.Read(new byte[10]), decompressor.IsPausing));
    }
}
