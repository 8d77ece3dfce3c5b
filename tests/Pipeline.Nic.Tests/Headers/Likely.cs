using CsCheck;

namespace Pipeline.Nic.Tests.Headers;

/// <summary>Random packets in which headers, chains and broken lengths are likelier than in noise.</summary>
internal static class Likely
{
    private static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 200];

    private static readonly Gen<byte[]> Chain =
        Gen.Select(Gen.OneOf<byte>(0, 6, 17, 43, 44, 50, 51, 58, 59, 60), Gen.Byte[0, 3], Gen.Byte.Array[6],
            (next, length, rest) => (byte[])[next, length, .. rest]).Array[0, 12].Select(c => c.SelectMany(b => b).ToArray());

    private static readonly Gen<byte[]> IPv6 =
        Gen.Select(Gen.OneOf<byte>(0, 17, 43, 44, 51, 60), Chain, (next, chain) => (byte[])[.. Bytes.Of(Bytes.IPv6(next)), .. chain]);

    private static readonly Gen<byte[]> IPv4 = Gen.Select(Gen.Byte.Array[20, 60], Gen.Int[4, 15], (header, words) =>
    {
        header[0] = (byte)(0x40 | words);
        if (words % 2 == 0) header[6] = header[7] = 0;
        return header;
    });

    private static readonly Gen<byte[]> Link = Gen.OneOf("", Bytes.Macs + "0800", Bytes.Macs + "86dd", Bytes.Macs + "81000001 0800",
        Bytes.Macs + "88a80001 81000002 86dd", "ff030021", "0057", "21", "00000002", "0f000800").Select(h => Bytes.Of(h));

    public static readonly Gen<byte[]> Packet =
        Gen.Select(Link, Gen.OneOf(Noise, IPv4, IPv6), Gen.Int[0, 300], (link, rest, cut) =>
        {
            byte[] whole = [.. link, .. rest];
            return whole[..Math.Min(cut, whole.Length)];
        });
}
