using System.Buffers.Binary;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>The hash by which NICs spread flows over queues (Microsoft, "RSS Hashing Functions", Windows driver documentation).</summary>
public static class Toeplitz
{
    /// <summary>The most bytes of input that a key has enough bits for: the addresses and ports of IPv6.</summary>
    public const int MostInput = KeyBytes - sizeof(uint);

    private const int KeyBytes = 40;

    /// <summary>The key of the verification suite (Microsoft, "Verifying the RSS Hash Calculation"), the default of many drivers.</summary>
    public static ReadOnlySpan<byte> PublishedKey =>
    [
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
        0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
    ];

    /// <summary>
    /// A key with a period of 16 bits, with which both directions of a flow have one hash (Woo, Park: Scalable TCP Session Monitoring
    /// with Symmetric Receive-side Scaling, KAIST 2012).
    /// </summary>
    public static ReadOnlySpan<byte> SymmetricKey =>
    [
        0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
        0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
    ];

    /// <param name="key">40 bytes.</param>
    /// <param name="input">At most <see cref="MostInput"/> bytes: source and destination address, source and destination port.</param>
    public static uint Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, MostInput);
        var hash = 0u;
        for (var i = 0; i < input.Length; i++)
        {
            // The 32 bits of the key for the byte's first bit, and the 8 that move in for its other bits.
            var window = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(key[i..]) << 8) | key[i + 4];
            for (var bit = 0; bit < 8; bit++)
            {
                if ((input[i] & (0x80 >> bit)) != 0) hash ^= (uint)(window >> (8 - bit));
            }
        }

        return hash;
    }
}
