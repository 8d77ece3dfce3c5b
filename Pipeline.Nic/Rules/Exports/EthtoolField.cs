using System.Net;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>The notations for a field's values.</summary>
internal enum EthtoolNotation
{
    Number,
    MacAddress,
    IpAddress,
}

/// <summary>A field of ethtool's flows (ethtool(8), <c>--config-ntuple</c>) and its place.</summary>
/// <param name="Offset">Bytes from the start of its header.</param>
internal sealed record EthtoolField(string Name, int Offset, int Width, EthtoolNotation Notation = EthtoolNotation.Number)
{
    public bool IsIn(U32Level level) => Bytes.Any(at => level.ByteAt(at).Mask != 0);

    public IEnumerable<int> Bytes => Enumerable.Range(Offset, Width);

    /// <summary>
    /// The field in a command. In ethtool's masks the set bits are those that do not count (rxclass_get_mask in ethtool's rxclass.c
    /// complements the typed mask). So no mask is written where all bits count.
    /// </summary>
    public string Words(U32Level level)
    {
        var bytes = Bytes.Select(level.ByteAt).ToList();
        var value = $"{Name} {Text([.. bytes.Select(b => b.Value)])}";
        return bytes.All(b => b.Mask == 0xff) ? value : $"{value} m {Text([.. bytes.Select(b => (byte)~b.Mask)])}";
    }

    private string Text(byte[] bytes) => Notation switch
    {
        EthtoolNotation.MacAddress => string.Join(':', bytes.Select(b => b.ToString("x2"))),
        EthtoolNotation.IpAddress => new IPAddress(bytes).ToString(),
        _ => "0x" + Convert.ToHexStringLower(bytes),
    };
}
