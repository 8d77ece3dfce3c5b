using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>linux/netlink.h: the attributes that the messages of every protocol are made of.</summary>
internal static class NetlinkAttributes
{
    /// <summary>struct nlattr.</summary>
    public const int HeaderBytes = 4;

    private const ushort NLA_TYPE_MASK = 0x3fff;

    /// <summary>Reads one attribute.</summary>
    internal delegate void AttributeReader(ushort type, ReadOnlySpan<byte> value);

    public static int Aligned(int length) => (length + 3) & ~3;

    /// <summary>Writes an attribute's header; its value goes behind it.</summary>
    public static void WriteHeader(Span<byte> attribute, ushort type, int valueBytes)
    {
        MemoryMarshal.Write(attribute, (ushort)(HeaderBytes + valueBytes));
        MemoryMarshal.Write(attribute[2..], type);
    }

    /// <summary>Calls <paramref name="take"/> for each attribute of a message.</summary>
    public static void ForEach(ReadOnlySpan<byte> attributes, AttributeReader take)
    {
        while (attributes.Length >= HeaderBytes)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < HeaderBytes || length > attributes.Length) return;
            take((ushort)(MemoryMarshal.Read<ushort>(attributes[2..]) & NLA_TYPE_MASK), attributes[HeaderBytes..length]);
            attributes = attributes[Math.Min(attributes.Length, Aligned(length))..];
        }
    }
}
