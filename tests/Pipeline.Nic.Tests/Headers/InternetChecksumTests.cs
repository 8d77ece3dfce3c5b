using CsCheck;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Headers;

public class InternetChecksumTests
{
    // RFC 1071 section 3: these bytes add up to 2ddf0, folded to ddf2.
    private static readonly byte[] Rfc1071Example = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

    [Fact]
    public void The_example_of_RFC_1071_sums_up_as_printed() =>
        Assert.Equal(0xddf2, InternetChecksum.Fold(InternetChecksum.Add(0, Rfc1071Example)));

    [Fact]
    public void The_checksum_is_the_complement_of_the_sum() => Assert.Equal(0x220d, InternetChecksum.Compute(Rfc1071Example));

    [Fact]
    public void Nothing_but_zeros_is_not_valid() => Assert.False(InternetChecksum.IsValid(new byte[20]));

    [Fact]
    public void Any_bytes_sum_up_as_they_do_word_by_word() =>
        Gen.Byte.Array[0, 400].Sample(bytes => InternetChecksum.Compute(bytes) == WordByWord(bytes));

    [Fact]
    public void Bytes_of_all_ones_do_not_overflow_however_many() =>
        Gen.Int[0, 70_000].Sample(count => InternetChecksum.Compute(Ones(count)) == WordByWord(Ones(count)), iter: 30);

    [Fact]
    public void Runs_may_be_added_one_after_the_other() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 61]).Sample((first, second) =>
        {
            if (first.Length % 2 != 0) first = first[1..];
            var sum = InternetChecksum.Add(InternetChecksum.Add(0, first), second);
            return (ushort)~InternetChecksum.Fold(sum) == WordByWord([.. first, .. second]);
        });

    [Fact]
    public void Bytes_with_their_checksum_put_in_are_valid() =>
        Gen.Byte.Array[2, 100].Sample(bytes =>
        {
            bytes[0] = bytes[1] = 0;
            var checksum = InternetChecksum.Compute(bytes);
            (bytes[0], bytes[1]) = ((byte)(checksum >> 8), (byte)checksum);
            return InternetChecksum.IsValid(bytes);
        });

    private static byte[] Ones(int count) => [.. Enumerable.Repeat((byte)0xff, count)];

    private static ushort WordByWord(byte[] bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0);
            if (sum > 0xffff) sum -= 0xffff;
        }

        return (ushort)~sum;
    }
}
