using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>
/// Text on its way to standard output, and which packets it is of, so that it is known which were printed when the output fails. For one
/// thread at a time.
/// </summary>
internal sealed class PrintBuffer(OutputFile output)
{
    private const int Capacity = 1 << 16;

    private readonly byte[] _bytes = new byte[Capacity];
    private readonly List<(int End, int Length)> _packets = [];
    private int _used;

    /// <summary>The packets of which everything was written since <see cref="Begin"/>.</summary>
    public PacketTally Written { get; private set; }

    /// <summary>Forgets what was written before.</summary>
    public void Begin()
    {
        _used = 0;
        _packets.Clear();
        Written = default;
    }

    /// <summary>Free memory for so many bytes, for which what is there may have to be written first.</summary>
    /// <exception cref="OutputException">The output can take no more.</exception>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _used < bytes) Flush();
        return _bytes.AsSpan(_used);
    }

    /// <summary>Takes bytes that were written into the room.</summary>
    public void Advance(int bytes) => _used += bytes;

    /// <summary>Says that the text of a packet ends here.</summary>
    public void EndPacket(int capturedLength) => _packets.Add((_used, capturedLength));

    /// <exception cref="OutputException">The output can take no more.</exception>
    public void Flush()
    {
        var taken = output.Write(_bytes.AsSpan(0, _used), out var error);
        foreach (var (end, length) in _packets)
        {
            if (end <= taken) Written = Written.Plus(1, length);
        }

        _used = 0;
        _packets.Clear();
        if (error != Errno.None) throw output.Failure(error);
    }
}
