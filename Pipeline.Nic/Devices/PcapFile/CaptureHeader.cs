using Pipeline.Nic.Accounts;
using Pipeline.Nic.Compression;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Reads the beginning of a capture: its format, and all that comes before its first packet.</summary>
internal sealed class CaptureHeader
{
    private const int MagicBytes = 4;
    private const int GuessedBytes = 16;

    private readonly CaptureInput _input;
    private readonly CapturePages _pages;
    private readonly CancellationToken _cancel;
    private readonly int _before;
    private CaptureFormatException? _fault;

    private CaptureHeader(
        CaptureInput input, CapturePages pages, InterfaceList interfaces, CaptureMetadata metadata, CancellationToken cancel)
    {
        Interfaces = interfaces;
        Metadata = metadata;
        _before = interfaces.Count;
        _input = input;
        _pages = pages;
        _cancel = cancel;
        Format = ReadFormat();
    }

    public InterfaceList Interfaces { get; }

    public CaptureMetadata Metadata { get; }

    public CaptureFormat Format { get; }

    /// <exception cref="CaptureFormatException">It is not a capture.</exception>
    public static CaptureHeader Read(CaptureInput input, CapturePages pages, CancellationToken cancel) =>
        new(input, pages, new InterfaceList(), new CaptureMetadata(), cancel);

    /// <summary>
    /// Reads the beginning of a capture that is read after this one, whose interfaces and metadata come after those of this.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public CaptureHeader ReadNext(CaptureInput input, CapturePages pages) =>
        new(input, pages, Interfaces, Metadata, CancellationToken.None);

    private unsafe CaptureFormat ReadFormat()
    {
        var isLong = Wait(MagicBytes);
        if (Members.Recognises(Start))
        {
            _pages.Decompress();
            isLong = Wait(MagicBytes);
        }

        if (!isLong) throw NotACapture();
        if (LittleEndian.U32(_pages.At) == PcapngBlock.SectionHeader) return ReadPcapng();
        if (!PcapFormat.Recognises(_pages.At, out var isBigEndian)) throw NotACapture();
        if (!Wait(PcapFormat.HeaderBytes))
        {
            var what = $"the capture breaks off in the file header: {_pages.Left} of {PcapFormat.HeaderBytes} bytes are there";
            throw _fault ?? new CaptureFormatException(_input.CaptureName, 0, what);
        }

        return isBigEndian ? ReadPcap<BigEndian>() : ReadPcap<LittleEndian>();
    }

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

    private PcapngReader ReadPcapng()
    {
        var reader = new PcapngReader(_pages, Interfaces, Metadata);
        int needed;
        do needed = reader.Parse([], null).Needed;
        while (needed > 0 && !IsEnough() && Wait(needed));

        // Without a sound first header it is not a capture. A later fault is reported when the queue gets there.
        if (_pages.Position == 0) throw _fault ?? reader.Fault ?? reader.EndFault() ?? NotACapture();
        return reader;
    }

    // A stream might pause for long before its first packet, so the description of its interface must be enough.
    private bool IsEnough() => !_input.IsRegular && Interfaces.Count > _before;

    private unsafe ReadOnlySpan<byte> Start => new(_pages.At, (int)Math.Min(_pages.Left, GuessedBytes));

    private bool Wait(int bytes)
    {
        while (true)
        {
            var status = Ensure(bytes);
            if (status != FillStatus.Empty) return status == FillStatus.Ready;
            _input.WaitReadable(_cancel);
        }
    }

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
