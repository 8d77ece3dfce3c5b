using System.Buffers.Binary;
using System.Text.Unicode;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// A place in the bytes of one message. It moves over what the message's type says must stand there, and refuses anything else, before
/// anything is allocated for it. For one thread.
/// </summary>
/// <remarks>
/// The format is that of Hyperion 0.12.2 without version tolerance and references, as its value serializers write it: numbers are
/// little-endian, and what is not a number, text or an id has a manifest in front of it.
/// </remarks>
internal ref struct WireCursor(ReadOnlySpan<byte> bytes)
{
    private const byte Null = 0;

    /// <summary>A type's number in the list follows, in two bytes.</summary>
    private const byte Numbered = 254;

    /// <summary>A type's name follows, after its length in four bytes.</summary>
    private const byte Named = 255;

    /// <summary>The length of a text follows, in four bytes. Otherwise the byte itself is the length, plus one.</summary>
    private const byte LongText = 255;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private List<byte[]>? _named;

    /// <summary>The field that is read, for messages.</summary>
    public string Field { get; set; } = "the message";

    private readonly int Left => _bytes.Length - _at;

    /// <exception cref="WireRefusedException">There are fewer bytes left.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left) throw NotItsShape($"needs {count} bytes and has {Left}");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    public byte TakeByte() => Take(1)[0];

    /// <summary>The number of things that follow. Each takes a byte at least.</summary>
    public int TakeCount()
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
        if (count < 0 || count > Left) throw NotItsShape($"says that {count} things follow in {Left} bytes");
        return count;
    }

    /// <summary>A text: well-formed UTF-8, its length in the shorter of the two forms that can hold it.</summary>
    public void TakeText()
    {
        var first = TakeByte();
        if (first == Null) throw IsNull();
        var length = first == LongText ? TakeCount() : first - 1;
        if (first == LongText && length < LongText - 1) throw NotItsShape("has a long length of a short text");
        if (!Utf8.IsValid(Take(length))) throw NotItsShape("is not UTF-8");
    }

    /// <summary>A manifest of one byte.</summary>
    public void TakeManifest(byte expected)
    {
        var found = TakeByte();
        if (found == Null) throw IsNull();
        if (found != expected) throw NotItsShape($"has the manifest {found}, not {expected}");
    }

    /// <summary>A type of the list.</summary>
    public void TakeNumber(int expected)
    {
        TakeManifest(Numbered);
        var found = BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));
        if (found != expected) throw NotItsShape($"is of type {found}, not {expected}");
    }

    /// <summary>
    /// A type by its name. From the second time on it has a number in its place; these numbers follow those of the list.
    /// </summary>
    /// <param name="expected">Its name in UTF-8; the same object each time.</param>
    public void TakeName(byte[] expected, int numbersOfTheList)
    {
        var place = _named?.IndexOf(expected) ?? -1;
        if (place >= 0)
        {
            TakeNumber(numbersOfTheList + place);
            return;
        }

        TakeManifest(Named);
        if (!Take(TakeCount()).SequenceEqual(expected)) throw NotItsShape("is of another type");
        (_named ??= []).Add(expected);
    }

    /// <exception cref="WireRefusedException">There are bytes left.</exception>
    public readonly void End()
    {
        if (Left > 0) throw new WireRefusedException(WireRefusalReason.BytesLeftOver, $"{Left} bytes are left over after the message.");
    }

    /// <summary>What stands here is not what the type says.</summary>
    public readonly WireRefusedException NotItsShape(string what) => new(WireRefusalReason.NotItsShape, $"{Field} {what}.");

    private readonly WireRefusedException IsNull() => NotItsShape("is null");
}
