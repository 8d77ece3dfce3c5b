namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// The values of a shape's bits. There is one for each of tens of thousands of rules, and most are no object of their own.
/// </summary>
/// <param name="Packed">Up to 16 bytes.</param>
/// <param name="Longer">More bytes than that; else null.</param>
internal readonly record struct BitKey(UInt128 Packed, string? Longer)
{
    private const int MostPacked = 16;

    /// <param name="bytes">A byte for each of the shape's, without bits outside its mask.</param>
    public static BitKey Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostPacked) return new BitKey(0, Convert.ToHexString(bytes));
        var packed = UInt128.Zero;
        foreach (var b in bytes) packed = (packed << 8) | b;
        return new BitKey(packed, null);
    }
}
