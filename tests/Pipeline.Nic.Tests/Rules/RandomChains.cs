using CsCheck;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>IPv6 packets with all kinds of extension headers, whole and cut.</summary>
internal static class RandomChains
{
    private static readonly Gen<byte> Next = Gen.OneOf<byte>(0, 43, 44, 51, 60, 59, 17, 6, 58);

    private static readonly Gen<byte[]> Header = Gen.Select(
        Next, Gen.OneOf<byte>(0, 0, 1, 2), Gen.OneOf<byte>(0, 0, 0, 1, 8), Gen.Byte, (next, length, high, low) => new byte[] { next, length, high, low, 0, 0, 0, 0 });

    public static Gen<byte[]> Packet { get; } = Gen.Select(Next, Header.Array[0, 12], Gen.Int[0, 12], (first, headers, cut) =>
    {
        var start = Convert.FromHexString("00000000000000000000000086dd60000000ffff");
        byte[] packet = [.. start, first, .. new byte[33], .. headers.SelectMany(h => h), 0x35, 0x35, 0x35, 0x35];
        return packet[..(packet.Length - cut)];
    });
}
