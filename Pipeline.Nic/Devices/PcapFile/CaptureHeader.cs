using Pipeline.Nic.Accounts;
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

    private CaptureHeader(CaptureInput input, CapturePages pages, CancellationToken cancel)
    {
        _input = input;
        _pages = pages;
        _cancel = cancel;
        Format = ReadFormat();
    }

    public InterfaceList Interfaces { get; } = new();

    public CaptureMetadata Metadata { get; } = new();

    public CaptureFormat Format { get; }

    /// <exception cref="CaptureFormatException">It is not a capture.</exception>
    public static CaptureHeader Read(CaptureInput input, CapturePages pages, CancellationToken cancel) => new(input, pages, cancel);

    private unsafe CaptureFormat ReadFormat()
    {
        if (!Wait(MagicBytes)) throw NotACapture();
        if (LittleEndian.U32(_pages.At) == PcapngBlock.SectionHeader) return ReadPcapng();
        if (!PcapFormat.Recognises(_pages.At, out var isBigEndian)) throw NotACapture();
        if (!Wait(PcapFormat.HeaderBytes))
        {
            var what = $"the capture breaks off in the file header: {_pages.Left} of {PcapFormat.HeaderBytes} bytes are there";
            throw new CaptureFormatException(_input.Name, 0, what);
        }

        return isBigEndian ? ReadPcap<BigEndian>() : ReadPcap<LittleEndian>();
    }

    private unsafe PcapReader<TOrder> ReadPcap<TOrder>()
        where TOrder : struct, IByteOrder
    {
        var format = PcapFormat.Read<TOrder>(_pages.At, _input.Name);
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
        if (_pages.Position == 0) throw reader.Fault ?? reader.EndFault() ?? NotACapture();
        return reader;
    }

    // A stream might pause for long before its first packet, so the description of its interface must be enough.
    private bool IsEnough() => !_input.IsRegular && Interfaces.Count > 0;

    private bool Wait(int bytes)
    {
        while (true)
        {
            var status = _pages.Ensure(bytes);
            if (status != FillStatus.Empty) return status == FillStatus.Ready;
            _input.WaitReadable(_cancel);
        }
    }

    private unsafe CaptureFormatException NotACapture()
    {
        _pages.Ensure(GuessedBytes);
        var start = new ReadOnlySpan<byte>(_pages.At, (int)Math.Min(_pages.Left, GuessedBytes));
        return new CaptureFormatException(_input.Name, 0, CaptureMagic.Describe(start));
    }
}
