using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>Text in UTF-8 that is being written into memory of the caller's. Allocates nothing.</summary>
/// <param name="memory">It must be large enough for everything that is written.</param>
internal ref struct LineText(Span<byte> memory)
{
    private readonly Span<byte> _memory = memory;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Add(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_memory[Length..]);
        Length += text.Length;
    }

    /// <summary>A name that others chose; it must be valid UTF-16, as names of rules and consumers are.</summary>
    public void Add(string text) => Length += Encoding.UTF8.GetBytes(text, _memory[Length..]);

    public void Number(long number) => Add(number, default);

    /// <summary>A number with at least so many digits.</summary>
    public void Padded(long number, byte digits) => Add(number, new StandardFormat('D', digits));

    /// <summary><c>0x</c> and the number, with at least so many digits.</summary>
    public void Hex(uint number, byte digits = 1)
    {
        Add("0x"u8);
        Add(number, new StandardFormat('x', digits));
    }

    /// <param name="address">4 or 16 bytes.</param>
    public void Address(scoped ReadOnlySpan<byte> address) => Length += address.Length == 4
        ? AddressText.V4(_memory[Length..], BinaryPrimitives.ReadUInt32BigEndian(address))
        : AddressText.V6(_memory[Length..], BinaryPrimitives.ReadUInt128BigEndian(address));

    /// <param name="address">6 bytes.</param>
    public void Mac(scoped ReadOnlySpan<byte> address)
    {
        for (var i = 0; i < address.Length; i++)
        {
            if (i > 0) Add(":"u8);
            Add(address[i], new StandardFormat('x', 2));
        }
    }

    private void Add(long number, StandardFormat format)
    {
        Utf8Formatter.TryFormat(number, _memory[Length..], out var written, format);
        Length += written;
    }
}
