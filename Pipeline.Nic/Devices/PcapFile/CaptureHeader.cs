using Pipeline.Nic.Accounts;
using Pipeline.Nic.Compression;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// Reads the beginning of a capture: its format, and all that comes before its first packet. A stream's comes in pieces.
/// </summary>
internal sealed class CaptureHeader
{
    private const int MagicBytes = 4;
    private const int GuessedBytes = 16;

    private readonly CaptureInput _input;
    private readonly CapturePages _pages;
    private readonly int _before;
    private PcapngReader? _pcapng;
    private CaptureFormat? _format;
    private CaptureFormatException? _fault;

    private CaptureHeader(CaptureInput input, CapturePages pages, InterfaceList interfaces, CaptureMetadata metadata)
    {
        Interfaces = interfaces;
        Metadata = metadata;
        _before = interfaces.Count;
        _input = input;
        _pages = pages;
    }

    public InterfaceList Interfaces { get; }

    public CaptureMetadata Metadata { get; }

    /// <summary>What the packets are read with, once <see cref="TryRead"/> has read all.</summary>
    public CaptureFormat Format => _format ?? throw new InvalidOperationException("The beginning of the capture has not been read.");

    /// <summary>Reads all of it, and waits for it.</summary>
    /// <exception cref="CaptureFormatException">It is not a capture.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public static CaptureHeader Read(CaptureInput input, CapturePages pages, CancellationToken cancel)
    {
        var header = new CaptureHeader(input, pages, new InterfaceList(), new CaptureMetadata());
        while (header.TryRead() != FillStatus.Ready) input.WaitReadable(cancel);
        return header;
    }

    /// <summary>
    /// The beginning of a capture that is read after this one, whose interfaces and metadata come after those of this. It is still to be
    /// read.
    /// </summary>
    public CaptureHeader Next(CaptureInput input, CapturePages pages) => new(input, pages, Interfaces, Metadata);

    /// <summary>Reads what there is of it, and never waits.</summary>
    /// <returns>Whether all is read; otherwise what is missing to go on, with another call.</returns>
    /// <exception cref="CaptureFormatException">It is not a capture.</exception>
    public unsafe FillStatus TryRead()
    {
        if (_pcapng is not null) return ReadPcapng(_pcapng);
        var status = Ensure(MagicBytes);
        if (Members.Recognises(Start) && !_input.IsDecompressed && !IsMissing(status))
        {
            _pages.Decompress();
            status = Ensure(MagicBytes);
        }

        if (IsMissing(status)) return status;
        if (status == FillStatus.End) throw NotACapture();
        if (LittleEndian.U32(_pages.At) == PcapngBlock.SectionHeader)
            return ReadPcapng(_pcapng = new PcapngReader(_pages, Interfaces, Metadata));
        if (!PcapFormat.Recognises(_pages.At, out var isBigEndian)) throw NotACapture();
        status = Ensure(PcapFormat.HeaderBytes);
        if (IsMissing(status)) return status;
        if (status == FillStatus.End) throw _fault ?? BrokenOff();
        _format = isBigEndian ? ReadPcap<BigEndian>() : ReadPcap<LittleEndian>();
        return FillStatus.Ready;
    }

    private static bool IsMissing(FillStatus status) => status is FillStatus.Empty or FillStatus.NoPage;

    private CaptureFormatException BrokenOff() => new(
        _input.CaptureName, 0, $"the capture breaks off in the file header: {_pages.Left} of {PcapFormat.HeaderBytes} bytes are there");

    private unsafe PcapReader<TOrder> ReadPcap<TOrder>()
        where TOrder : struct, IByteOrder
    {
        var format = PcapFormat.Read<TOrder>(_pages.At, _input.CaptureName);
        _pages.At += PcapFormat.HeaderBytes;
        var nic = new NicInterface(0, PcapngInterface.DefaultName(_input.Name, 0), format.LinkType, format.SnapLength)
        {
            FcsBytes = format.FcsBytes,
            IsBigEndian = format.IsBigEndian,
            Description = new InterfaceDescription([], new TimestampUnit(TimestampUnit.NanosecondsPower, 0)),
        };
        Interfaces.Add(nic);
        return new PcapReader<TOrder>(format, nic, _pages);
    }

    private FillStatus ReadPcapng(PcapngReader reader)
    {
        while (reader.Parse([], null).Needed is > 0 and var needed && !IsEnough())
        {
            var status = Ensure(needed);
            if (IsMissing(status)) return status;
            if (status == FillStatus.End) break;
        }

        // Without a sound first header it is not a capture. A later fault is reported when the queue gets there.
        if (_pages.Position == 0) throw _fault ?? reader.Fault ?? reader.EndFault() ?? NotACapture();
        _format = reader;
        return FillStatus.Ready;
    }

    // A stream might pause for long before its first packet, so the description of its interface must be enough.
    private bool IsEnough() => !_input.IsRegular && Interfaces.Count > _before;

    private unsafe ReadOnlySpan<byte> Start => new(_pages.At, (int)Math.Min(_pages.Left, GuessedBytes));

    // What came before a fault might be enough for an opening. The queue finds the fault again.
    private FillStatus Ensure(int bytes)
    {
        try
        {
            return _pages.Ensure(bytes);
        }
        catch (CaptureFormatException fault)
        {
            _fault = fault;
            return FillStatus.End;
        }
    }

    private CaptureFormatException NotACapture()
    {
        Ensure(GuessedBytes);
        return _fault ?? new CaptureFormatException(_input.CaptureName, 0, CaptureMagic.Describe(Start));
    }
}
