using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// Writes packets to one output as a capture: a file, a series of files, or standard output.
/// </summary>
/// <remarks>
/// Packets are held in a buffer of 256 KiB and delivered when the kernel has taken them. When the output can take no more, the packets that
/// are whole in the file are delivered, and the file ends after the last of them. The rest of the buffer and every later packet are
/// dropped, all with <see cref="DropReason.OutputError"/>.
/// </remarks>
public sealed class CaptureConsumer : IPacketConsumer, INotingConsumer
{
    // It fits in the second-level cache of common CPUs, where the kernel finds it again. A system call costs little beside copying this
    // much.
    private const int BufferBytes = 1 << 18;

    private readonly BlockBuffer _buffer;
    private readonly CaptureWriter _writer;
    private readonly PacketFilter? _filter;
    private readonly bool _isFlushedAtOnce;
    private bool _isComplete;

    /// <summary>Makes or truncates the output at once, so that an error is known before the first packet.</summary>
    /// <param name="options">Where to write, in which format, and how much of each packet.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="OutputException">The output cannot be made.</exception>
    public CaptureConsumer(CaptureOptions options)
    {
        _filter = options.Filter;
        _isFlushedAtOnce = options.IsFlushedAtOnce;
        _buffer = new BlockBuffer(BufferBytes);
        try
        {
            _writer = new CaptureWriter(options, _buffer);
        }
        catch
        {
            _buffer.Dispose();
            throw;
        }
    }

    /// <summary>Describes in words what was written, once it is complete. Any thread.</summary>
    public IReadOnlyList<string> Notes => CaptureNotes.Of(_writer);

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        if (_writer.IsOver)
        {
            batch.Reject(_isComplete ? DropReason.ConsumerStopped : DropReason.OutputError, batch.Count, batch.Bytes);
            return;
        }

        if (_filter is not null) batch.Select(_filter);
        PacketTally written = default, skipped = default;
        try
        {
            foreach (ref readonly var packet in batch.Packets)
            {
                if (_filter is not null && !packet.Has(PacketFlags.Selected))
                {
                    skipped = skipped.Plus(1, packet.CapturedLength);
                    continue;
                }

                _writer.Append(packet, batch, packet.CapturedLength);
                written = written.Plus(1, packet.CapturedLength);
            }
        }
        catch (OutputException complete) when (complete.IsComplete)
        {
            _isComplete = true;
            throw;
        }
        finally
        {
            batch.HoldWritten(written.Packets, written.Bytes);
            if (_isComplete) RejectRest(batch, written + skipped);
        }

        if (_isFlushedAtOnce) _writer.Flush();
    }

    /// <inheritdoc/>
    /// <exception cref="OutputException">The output can take no more.</exception>
    public void Flush()
    {
        if (!_writer.IsOver) _writer.Flush();
    }

    /// <inheritdoc/>
    public void Complete() => _writer.Finish();

    /// <summary>What comes after the last file was not wanted, which is no error.</summary>
    private static void RejectRest(PacketBatch batch, PacketTally done)
    {
        var rest = new PacketTally(batch.Count, batch.Bytes) - done;
        if (rest.Packets > 0) batch.Reject(DropReason.ConsumerStopped, rest.Packets, rest.Bytes);
    }

    /// <summary>After a crash, without <see cref="Complete"/>, held packets are still written if the output takes them.</summary>
    public void Dispose()
    {
        try
        {
            _writer.Finish();
        }
        catch (OutputException)
        {
            // The packets concerned have been settled as output errors. A second failure must not hide the first.
        }
        finally
        {
            _buffer.Dispose();
        }
    }
}
