using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>
/// Prints a line for every packet to standard output, and its bytes under it if wanted, much as tcpdump does.
/// </summary>
/// <remarks>
/// Whatever a batch prints is written before <see cref="Consume"/> returns, which waits as long as the reader is slow. A packet counts as
/// delivered when the kernel has taken all of its text. When standard output can take no more, all other packets are dropped with
/// <see cref="DropReason.OutputError"/>. It holds 64 KiB, however large packets are, and allocates nothing once warm.
/// </remarks>
public sealed class PrintConsumer : IPacketConsumer
{
    /// <summary>
    /// No line is longer: a time of 30, two tags of 40, two IPv6 addresses, 8 extension headers of 80, numbers, 9 rules and a route of 64.
    /// </summary>
    private const int LongestLine = 2048;

    private readonly PrintOptions _options;
    private readonly PrintedTimes _times;
    private readonly PacketFate? _fate;
    private readonly OutputFile _output;
    private readonly PrintBuffer _buffer;
    private bool _isOver;
    private bool _isClosed;

    /// <summary>Takes standard output, so that an error is known before the first packet.</summary>
    /// <param name="options">What is printed.</param>
    /// <param name="files">The files that must not be destroyed; null where none are known.</param>
    /// <exception cref="OutputException">There is no standard output, or it leads to a file in use.</exception>
    public PrintConsumer(PrintOptions options, FilesInUse? files = null)
        : this(options, OutputFile.StandardOutput(files))
    {
    }

    /// <summary>For tests, which print into files.</summary>
    internal PrintConsumer(PrintOptions options, OutputFile output)
    {
        _options = options;
        _times = new PrintedTimes(options.Time, options.Zone);
        _fate = options.ShowsFate ? new PacketFate(options.RouteOf) : null;
        _output = output;
        _buffer = new PrintBuffer(output);
    }

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        if (_isOver)
        {
            batch.Reject(DropReason.OutputError, batch.Count, batch.Bytes);
            return;
        }

        try
        {
            _buffer.Begin();
            foreach (ref readonly var packet in batch.Packets) Print(packet, batch);
            _buffer.Flush();
        }
        catch (OutputException)
        {
            Finish(batch);
            throw;
        }
    }

    /// <summary>Nothing: what was printed has been written.</summary>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Complete() => Close();

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Print(in Packet packet, scoped PacketBatch batch)
    {
        var bytes = batch.OwnBytesOf(packet);
        var headers = PacketHeaders.Of(batch.Interface.LinkType, bytes, packet.WireLength);
        var text = new LineText(_buffer.Room(LongestLine));
        _times.Write(ref text, packet.Has(PacketFlags.NoTimestamp) ? null : packet.TimestampNanoseconds);
        PacketLine.Write(ref text, headers, _options.ShowsLink);
        _fate?.Write(ref text, packet, batch);
        text.Add("\n"u8);
        _buffer.Advance(text.Length);
        if (_options.Bytes != PrintedBytes.None) ByteDump.Write(_buffer, Shown(headers), _options.Bytes);
        _buffer.EndPacket(packet.CapturedLength);
    }

    private ReadOnlySpan<byte> Shown(PacketHeaders headers)
    {
        var from = _options.BytesBeginWithLink ? 0 : Math.Max(0, headers.NetworkOffset);
        var to = _options.SnapLength > 0 ? Math.Min(_options.SnapLength, headers.Packet.Length) : headers.Packet.Length;
        return from < to ? headers.Packet[from..to] : default;
    }

    /// <summary>Settles the packets that were printed; those who called drop the others.</summary>
    private void Finish(PacketBatch batch)
    {
        _isOver = true;
        var (packets, bytes) = _buffer.Written;
        if (packets == 0) return;
        batch.Hold(packets, bytes);
        batch.Account.HeldDelivered(packets, bytes);
    }

    private void Close()
    {
        if (_isClosed) return;
        _isClosed = _isOver = true;
        _output.Close();
    }

}
