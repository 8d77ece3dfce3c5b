using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Writes the source's metadata into the file.</summary>
internal sealed unsafe partial class CaptureWriter
{
    private void AppendUnusual(in Packet packet, scoped PacketBatch batch, int length)
    {
        var block = packet.Has(PacketFlags.InBlock) ? batch.BlockOf(packet) : default;
        var hasTime = !packet.Has(PacketFlags.NoTimestamp);
        var time = block.Length > 0 && batch.Interface.Description is { } description
            ? description.Time.Exactly(block.Ticks)
            : packet.TimestampNanoseconds;
        _interface = hasTime && _layout.TakesMetadata ? InterfaceOf(batch.Interface, time) : InterfaceOf(batch.Interface);

        scoped var captured = batch.BytesOf(packet);
        scoped var bytes = captured.Length > _snapLength ? captured[.._snapLength] : captured;
        if (_blocks != _metadata.Blocks) CatchUp();
        var buffer = RoomFor(_layout.PacketSize(bytes.Length) + block.MostOptionBytes + sizeof(uint) + HostOrderHeader.MostFieldBytes);
        var size = _layout.WriteUnusual(buffer.Next, _interface, packet, bytes, captured[bytes.Length..], block, time);
        buffer.CommitPacket(size, length, batch.PacketAccount, _interface);
        if (hasTime) _interface.Saw(packet);
    }

    private CapturedInterface InterfaceOf(NicInterface from, Int128 time)
    {
        if (_interfaces.MustForget(from, time)) StartSection();
        return Described(_interfaces.Of(from, time));
    }

    /// <summary>
    /// Writes the source's blocks that have come since, before the packets they are for. They go after the first interface: editcap cannot
    /// copy a file in which anything else comes before it.
    /// </summary>
    private void CatchUp()
    {
        if (!IsSizeUnknown || _blocks == _metadata.Blocks)
        {
            CopyBlocks();
            return;
        }

        // Apart from the packets, so that it shows how much the blocks add to the file.
        Flush();
        var before = _storedBytes;
        CopyBlocks();
        Flush();
        _carriedBytes += _storedBytes - before;
    }

    /// <summary>Whether a limit counts bytes that are known only when they are compressed.</summary>
    private bool IsSizeUnknown => _isCompressed && _series.Rotates;

    private void CopyBlocks()
    {
        while (_blocks < _metadata.Blocks)
        {
            var block = _metadata.Block(_blocks++);
            if (!_isCompressed) _carriedBytes += block.Length;
            if (_buffer!.HasRoomFor(block.Length)) CopyIn(_buffer, block);
            else WriteThrough(block);
        }
    }

    private void WriteThrough(ReadOnlySpan<byte> block)
    {
        Flush();
        if (_buffer!.HasRoomFor(block.Length))
        {
            CopyIn(_buffer, block);
            return;
        }

        // Buffers are many and stay small; secrets can be large.
        var (taken, stored, error) = _file!.Write(block);
        if (error != Errno.None) throw Fail(_file.Failure(error), taken);
        _fileBytes += taken;
        _storedBytes += stored;
    }

    private static void CopyIn(BlockBuffer buffer, ReadOnlySpan<byte> block)
    {
        block.CopyTo(new Span<byte>(buffer.Next, block.Length));
        buffer.Commit(block.Length);
    }
}
