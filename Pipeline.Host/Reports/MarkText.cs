namespace Pipeline.Host.Reports;

/// <summary>A mark as rules write it: <c>0x10</c>, or <c>0x10/0xf0</c> where not all bits are written.</summary>
internal static class MarkText
{
    public static string Of(uint mark, uint mask) => mask == uint.MaxValue ? $"0x{mark:x}" : $"0x{mark:x}/0x{mask:x}";
}
