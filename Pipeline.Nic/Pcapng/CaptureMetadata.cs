namespace Pipeline.Nic.Pcapng;

/// <summary>
/// The contents of a pcapng capture besides its packets: options of its section, secrets, names and custom blocks. They are kept as a
/// writer of pcapng needs them, little-endian. The source's thread adds, any thread reads, and nothing is removed.
/// </summary>
public sealed class CaptureMetadata
{
    /// <summary>
    /// The most bytes kept of one source, interfaces' options included. Anything beyond is counted and left out. Every file that is written
    /// carries all of it, so this bounds what is added to each file of a rotated or split capture.
    /// </summary>
    public const int MostBytes = 16 << 20;

    /// <summary>The metadata of a source that has none. Nothing is ever added to it.</summary>
    public static readonly CaptureMetadata None = new();

    // The cost of an array besides its bytes: many small blocks must not take more memory than the limit says.
    private const int ArrayBytes = 48;

    private readonly AppendOnlyList<byte[]> _blocks = new();
    private byte[]? _section;
    private int _bytes;
    private long _leftOut;

    /// <summary>The number of blocks so far: of secrets, of names, and custom ones that may be copied.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>
    /// Blocks, and lists of an interface's options, that were left out because of <see cref="MostBytes"/>, or because they are broken.
    /// </summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>The options of the first section, one after the other, without an end.</summary>
    internal ReadOnlySpan<byte> Section => Volatile.Read(ref _section);

    /// <summary>Whether the first section has been read.</summary>
    internal bool HasSection => Volatile.Read(ref _section) is not null;

    /// <param name="index">Less than a count of <see cref="Blocks"/> seen before.</param>
    internal ReadOnlySpan<byte> Block(int index) => _blocks[index];

    /// <summary>Whether this many more bytes can be kept. If not, they are counted as left out.</summary>
    internal bool HasRoomFor(uint bytes)
    {
        if (bytes <= MostBytes - ArrayBytes - _bytes) return true;
        LeaveOut();
        return false;
    }

    internal void LeaveOut() => Volatile.Write(ref _leftOut, _leftOut + 1);

    internal void SetSection(byte[] options)
    {
        Charge(options);
        Volatile.Write(ref _section, options);
    }

    internal void Add(byte[] block)
    {
        Charge(block);
        _blocks.Add(block);
    }

    /// <summary>Counts bytes that are kept elsewhere.</summary>
    internal void Charge(byte[] kept) => _bytes += kept.Length + ArrayBytes;
}
