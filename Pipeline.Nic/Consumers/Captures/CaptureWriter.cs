using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Compression;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// One capture being written, over all of its files. Appended packets are held in a buffer, and settled with their account when the kernel
/// has taken or refused them.
/// </summary>
/// <remarks>
/// <para>For one thread at a time. The buffer belongs to whoever lends it, and is empty whenever the writer lets go of it.</para>
/// <para>When any method throws an <see cref="OutputException"/> the capture is over: everything in the buffer is settled, the file is
/// cut back to its last whole block and closed.</para>
/// </remarks>
internal sealed unsafe partial class CaptureWriter
{
    private const PacketFlags Unusual = PacketFlags.NoTimestamp | PacketFlags.InBlock;

    private readonly CapturedInterfaces _interfaces;
    private readonly List<CapturedInterface> _described = [];
    private readonly CaptureOptions _options;
    private readonly CaptureLayout _layout;
    private readonly CaptureMetadata _metadata;
    private readonly FileSeries _series;
    private readonly bool _isCompressed;
    private readonly int _snapLength;
    private BlockBuffer? _buffer;
    private BlockFile? _file;
    private CapturedInterface? _interface;
    private long _fileBytes;
    private long _storedBytes;
    private long _carriedBytes;
    private int _blocks;
    private bool _hasPackets;

    /// <param name="budget">Shared with other captures; null for one of its own.</param>
    /// <exception cref="ArgumentException">
    /// The snap length is negative, the rotation makes no sense, or the name promises a compression that is not written.
    /// </exception>
    /// <exception cref="OutputException">The output cannot be made.</exception>
    public CaptureWriter(CaptureOptions options, BlockBuffer buffer, InterfaceBudget? budget = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.SnapLength);
        if (CompressedOutput.RefuseCapture(options.Path) is { } refusal)
            throw new ArgumentException($"{options.Path}: {refusal}", nameof(options));
        _interfaces = new CapturedInterfaces(budget ?? new InterfaceBudget());
        _options = options;
        _layout = CaptureLayout.Of(options.Path);
        _metadata = _layout.TakesMetadata ? options.Metadata : CaptureMetadata.None;
        _series = new FileSeries(options);
        _isCompressed = PieceCompressor.IsAskedBy(options.Path);
        _snapLength = options.SnapLength == 0 ? int.MaxValue : options.SnapLength;
        _buffer = buffer;
        StartFile();
    }

    /// <summary>Whether it has a buffer and an open file; <see cref="Suspend"/> and <see cref="Resume"/> change it.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>Nothing more can be written.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The file being written, or the one written last.</summary>
    public string FileName => _series.Current;

    public int Files => _series.Made;

    /// <summary>Packets the output took.</summary>
    public long Written => _interfaces.Written;

    /// <inheritdoc cref="CaptureLayout.TimesChanged"/>
    public long TimesChanged => _layout.TimesChanged;

    /// <inheritdoc cref="CaptureLayout.TimesMade"/>
    public long TimesMade => _layout.TimesMade;

    /// <summary>Whether the format loses times that pcapng would keep.</summary>
    public bool IsPcap => !_layout.TakesMetadata;

    /// <inheritdoc cref="CaptureMetadata.LeftOut"/>
    public long LeftOut => _metadata.LeftOut;

    /// <summary>For whoever keeps several captures: when it was used last, by the owner's own clock.</summary>
    public long LastUse { get; set; }

    /// <summary>Copies a packet into the buffer. The caller holds it with its account, which this settles.</summary>
    /// <param name="length">Its captured length, or the complement of its place among the shared packets.</param>
    public void Append(in Packet packet, scoped PacketBatch batch, int length)
    {
        if (_series.Rotates) Rotate(packet);
        _hasPackets = true;
        if ((packet.Flags & Unusual) != 0)
        {
            AppendUnusual(packet, batch, length);
            return;
        }

        var from = batch.Interface;
        if (!ReferenceEquals(_interface?.Source, from)) _interface = InterfaceOf(from);
        if (packet.TimestampNanoseconds < _interface!.LeastTime)
        {
            AppendUnusual(packet, batch, length);
            return;
        }

        scoped var captured = batch.OwnBytesOf(packet);
        scoped var bytes = captured.Length > _snapLength ? captured[.._snapLength] : captured;
        if (_blocks != _metadata.Blocks) CatchUp();
        var size = _layout.PacketSize(bytes.Length);
        var buffer = RoomFor(size + HostOrderHeader.MostFieldBytes);
        _layout.WritePacket(buffer.Next, size, _interface, packet, bytes);
        if (packet.Has(PacketFlags.ChecksumPending)) CompleteChecksum(buffer.Next + _layout.BytesAt, bytes.Length, from, captured);
        if (_interface.ReversesHeaders) _interface.Turn(buffer.Next + _layout.BytesAt, bytes.Length, captured[bytes.Length..]);
        buffer.CommitPacket(size, length, batch.PacketAccount, _interface);
        _interface.Saw(packet);
    }

    /// <summary>Hands everything held to the kernel.</summary>
    public void Flush()
    {
        if (_buffer is not { Used: > 0 } buffer) return;
        var (taken, stored, error) = _file!.Write(buffer.Bytes);
        var whole = buffer.Settle(taken);
        _fileBytes += whole;
        _storedBytes += stored;
        if (error != Errno.None) throw Fail(_file.Failure(error), taken - whole);
    }

    /// <summary>Writes statistics and closes; not for a suspended capture.</summary>
    public void Finish()
    {
        if (IsOver) return;
        EndFile();
        IsOver = true;
    }

    /// <summary>Closes the file for now, unless the capture is over, and gives the empty buffer back.</summary>
    public BlockBuffer Suspend()
    {
        if (!IsOver)
        {
            Flush();
            Close();
        }

        var buffer = _buffer!;
        _buffer = null;
        return buffer;
    }

    /// <summary>Continues where it was suspended.</summary>
    public void Resume(BlockBuffer buffer)
    {
        IsOver = true;
        _file = new BlockFile(OutputFile.Continue(FileName, _options.Files));
        _buffer = buffer;
        IsOver = false;
    }

    /// <summary>Completes the checksum in the written copy. The packet's page stays as it is, because others might hold it too.</summary>
    private static void CompleteChecksum(byte* copy, int length, NicInterface from, ReadOnlySpan<byte> captured) =>
        PendingChecksum.Complete(from.LinkType, captured, new Span<byte>(copy, length));

    private void Rotate(in Packet packet)
    {
        if (_hasPackets && _series.IsOver(CountedBytes(), packet))
        {
            EndFile();
            if (_series.IsLast) throw Complete();
            StartFile();
        }

        _series.Saw(packet);
    }

    private OutputException Complete()
    {
        IsOver = true;
        return new OutputException(FileName, "is complete: it was to be the last file, and has reached its limit") { IsComplete = true };
    }

    /// <summary>
    /// The bytes of the file that a limit of its size counts. What has not been compressed yet is of unknown size; near the limit it is
    /// compressed to see.
    /// </summary>
    private long CountedBytes()
    {
        const int LeastPiece = 1 << 15;
        var held = _buffer!.Used;
        if (!_isCompressed) return _fileBytes + held - _carriedBytes;
        if (held >= Math.Min(LeastPiece, _series.MostBytes) && _storedBytes - _carriedBytes + held >= _series.MostBytes) Flush();
        return _storedBytes - _carriedBytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BlockBuffer RoomFor(int bytes)
    {
        var buffer = _buffer!;
        if (!buffer.HasRoomFor(bytes)) MakeRoom(buffer, bytes);
        return buffer;
    }

    private void MakeRoom(BlockBuffer buffer, int bytes)
    {
        Flush();
        buffer.Grow(bytes);
    }

    /// <param name="excess">Bytes of a block that the output took only in part.</param>
    private OutputException Fail(OutputException failure, long excess)
    {
        IsOver = true;
        var file = _file!;
        _file = null;
        try
        {
            if (file.CutBack(excess)) SaveStatistics(file);
            file.Close();
        }
        catch (OutputException)
        {
            // The first failure is the one to report.
        }

        return failure;
    }

    /// <summary>Writes statistics of the interfaces that the file describes, as far as there is room left.</summary>
    private void SaveStatistics(BlockFile file)
    {
        var buffer = _buffer!;
        foreach (var captured in _described)
        {
            if (captured.DescribedUpTo > _fileBytes || !buffer.HasRoomFor(CaptureLayout.MostHeaderBytes)) break;
            buffer.Commit(_layout.WriteStatistics(buffer.Next, captured));
        }

        var taken = file.Write(buffer.Bytes).Taken;
        file.CutBack(taken - buffer.Settle(taken));
    }
}
