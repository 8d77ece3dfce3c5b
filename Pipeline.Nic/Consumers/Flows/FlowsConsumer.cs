using System.Numerics;
using System.Text;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// The bypass handler <c>flows</c>: keeps a table of bidirectional flows, and writes them as CSV when they end.
/// </summary>
/// <remarks>
/// Packets count as delivered when they are in the table. A failing file is final, as for captures. The flows still in the table are then
/// not in the file. Packets counted before the failure stay delivered.
/// </remarks>
public sealed class FlowsConsumer : IPacketConsumer, INotingConsumer, IReporting
{
    private readonly FlowTable _table;
    private readonly FlowFile? _file;
    private readonly HandlerCounter _flowsNow;
    private readonly bool _byVlan;
    private bool _isCompleting;
    private string[] _notes = [];

    /// <summary>
    /// Takes the memory of the whole table and makes the file. Only the thread that consumes may call it, as with everything but the
    /// report.
    /// </summary>
    /// <param name="path">The file to write, made at once; <c>-</c> is standard output, null for none.</param>
    /// <param name="options">Bounds and timeouts.</param>
    /// <param name="context">Where it counts.</param>
    /// <param name="files">The files that the file must not destroy; null where none are known.</param>
    /// <exception cref="ArgumentOutOfRangeException">The table would be empty, or too large.</exception>
    /// <exception cref="OutputException">The file cannot be made.</exception>
    public FlowsConsumer(string? path, FlowOptions options, HandlerContext context, FilesInUse? files = null)
    {
        _flowsNow = context.Counter("flows");
        _byVlan = options.ByVlan;
        _table = new FlowTable(options, new Report(this, context), (ulong)Random.Shared.NextInt64());
        _file = path is null ? null : new FlowFile(path, files);
    }

    /// <summary>The file and how many flows it has, once it is complete; empty before that, and without a file.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The file of one of several instances: <c>flows.csv</c> becomes <c>flows-0.csv</c>, <c>flows-1.csv</c>.</summary>
    public static string FileOf(string path, int instance, int instances) =>
        instances == 1
            ? path
            : Path.Combine(
                Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{instance}{Path.GetExtension(path)}");

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        var released = batch.Releaser is { IsInUse: true } releaser ? releaser : null;
        foreach (var packet in batch)
        {
            var time = packet.Descriptor.Has(PacketFlags.NoTimestamp) ? Flow.NoTime : packet.TimestampNanoseconds;
            ref var flow = ref _table.Add(FlowPacket.Of(packet.LinkType, packet.Bytes, _byVlan), packet.WireLength, time);
            if (released is not null && released.Find(batch, packet.Descriptor) is { } found)
                (flow.Released, flow.ReleasedBy) = (found, (byte)BitOperations.Log2(released.Bit));
        }

        _flowsNow.Set(_table.Count);
    }

    /// <inheritdoc/>
    /// <exception cref="OutputException">The file can take no more.</exception>
    public void Flush() => _file?.Flush();

    /// <inheritdoc/>
    public void Complete()
    {
        _isCompleting = true;
        _table.Clear();
        _flowsNow.Set(0);
        _file?.Close();
        if (_file is not null) _notes = [$"{_file.Name}: {_file.Written} flows"];
    }

    /// <inheritdoc/>
    public ConsumerReport TakeReport(int most)
    {
        var flows = _table.Copy(most);
        return new ConsumerReport(text => WriteTo(text, flows), flows.Length, _table.Count);
    }

    /// <summary>After a crash, without <see cref="Complete"/>, reported flows are still written if the file takes them.</summary>
    public void Dispose()
    {
        try
        {
            _file?.Close();
        }
        catch (OutputException)
        {
            // The first failure was reported. A second must not hide it.
        }
    }

    private static void WriteTo(TextWriter text, Flow[] flows)
    {
        text.Write(Encoding.UTF8.GetString(FlowText.Header));
        Span<byte> line = stackalloc byte[FlowText.LongestLine];
        foreach (ref readonly var flow in flows.AsSpan())
            text.Write(Encoding.UTF8.GetString(line[..FlowText.Write(line, flow, FlowEnd.None)]));
    }

    /// <summary>Counts the flows that leave the table, and writes them where there is a file.</summary>
    private sealed class Report(FlowsConsumer owner, HandlerContext context) : IFlowReport
    {
        private readonly HandlerCounter _ended = context.Counter("flows-ended");
        private readonly HandlerCounter _evicted = context.Counter("flows-evicted");
        private readonly HandlerCounter _unwritten = context.Counter("packets-in-unwritten-flows");

        public void Add(in Flow flow, FlowEnd end)
        {
            _ended.Increment();
            if (end == FlowEnd.LackOfResources) _evicted.Increment();
            if (owner._file is { } file) file.Add(flow, end);
            else if (!owner._isCompleting) _unwritten.Add(flow.Packets + flow.ReversePackets);
        }
    }
}
