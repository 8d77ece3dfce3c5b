using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// A capture file (pcap or pcapng) or a stream of one, as a device with one queue, <c>pcap:0</c>. It reads as fast as pages come home,
/// in constant memory. What is compressed with gzip, zstd or lz4 is decompressed; zstd needs as much memory as its window, 128 MiB at most.
/// </summary>
[DebuggerDisplay("{Name}: {BytesRead} of {BytesTotal} bytes read")]
public sealed class CaptureFileNic : INic
{
    /// <summary>Bytes per page unless the caller says otherwise: large enough that reading costs little per packet.</summary>
    public const int DefaultPageBytes = PoolOptions.DefaultPageBytes;

    /// <summary>Pages unless the caller says otherwise.</summary>
    public const int DefaultPages = PoolOptions.DefaultPages;

    /// <summary>The smallest page; no real packet would fit into less.</summary>
    public const int SmallestPageBytes = PoolOptions.SmallestPageBytes;

    private const string QueueName = "pcap:0";

    private readonly CaptureTurns _turns;
    private readonly BlockPagePool _pool;
    private readonly DescriptorWaiter _waiter;
    private readonly CaptureFileQueue _queue;
    private readonly InterfaceList _interfaces;

    private CaptureFileNic(string name, CaptureTurns turns, BlockPagePool pool, CaptureHeader header, DescriptorWaiter waiter)
    {
        Name = name;
        _turns = turns;
        _pool = pool;
        _waiter = waiter;
        _interfaces = header.Interfaces;
        Metadata = header.Metadata;
        _queue = new CaptureFileQueue(turns, pool, waiter);
        Queues = [_queue];
        InterfacesAreFinal = !header.Format.MayAddInterfaces && turns.IsLast;
    }

    /// <summary>The file's name, or "standard input"; with several files, that of the first and how many follow.</summary>
    public string Name { get; }

    /// <summary>One queue, <c>pcap:0</c>, for one thread at a time.</summary>
    public IReadOnlyList<INicQueue> Queues { get; }

    /// <summary>
    /// The interfaces described so far. After opening, these are all that a file describes before its first packet. For a stream, they are
    /// those that had arrived.
    /// </summary>
    public IReadOnlyList<NicInterface> Interfaces => _interfaces.Snapshot();

    /// <summary>True for one file of pcap, which has one interface; false for pcapng, which can describe another one anywhere.</summary>
    public bool InterfacesAreFinal { get; }

    /// <inheritdoc/>
    public SourceTraits Traits => SourceTraits.Capture;

    /// <summary>The file's metadata, as far as it has been read. Any thread.</summary>
    public CaptureMetadata Metadata { get; }

    /// <summary>Bytes of the file or stream that have been read, headers included, compressed ones as they are. Any thread.</summary>
    public long BytesRead => _turns.BytesRead;

    /// <summary>The file's size when it was opened; null for a stream. A file that somebody appends to can have more.</summary>
    public long? BytesTotal => _turns.BytesTotal;

    /// <summary>
    /// Opens a capture and reads it up to its first packet. On a stream it waits for the file header and, in pcapng, for the first
    /// interface.
    /// </summary>
    /// <param name="path">A file, or <c>-</c> for standard input, which stays open afterwards.</param>
    /// <param name="pageBytes">A power of two, from 4096 up. No packet with its record's header may be larger.</param>
    /// <param name="pages">At least 2: bytes carried over from one page need another page.</param>
    /// <param name="cancel">Ends the waiting for a stream's beginning.</param>
    /// <exception cref="CaptureFormatException">It is not a capture, or is compressed in a way that is not read here.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to read it.</exception>
    /// <exception cref="IOException">The system cannot open or read it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public static CaptureFileNic Open(
        string path, int pageBytes = DefaultPageBytes, int pages = DefaultPages, CancellationToken cancel = default) =>
        OpenAll([path], pageBytes, pages, cancel);

    /// <summary>
    /// Opens several captures, which are read one after the other as if they were one. The beginning of the first is read; the others are
    /// only opened, and one that is no capture ends the reading when its turn comes. Packets are not sorted by time.
    /// </summary>
    /// <param name="paths">The files, one or more. Standard input can be one of them.</param>
    /// <inheritdoc cref="Open(string, int, int, CancellationToken)"/>
    public static CaptureFileNic OpenAll(
        IReadOnlyList<string> paths, int pageBytes = DefaultPageBytes, int pages = DefaultPages, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        ArgumentOutOfRangeException.ThrowIfLessThan(pageBytes, SmallestPageBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 2);
        var inputs = new List<CaptureInput>();
        try
        {
            foreach (var path in paths) inputs.Add(CaptureInput.Open(path));
            return Open(inputs, new BlockPagePool(QueueName, pageBytes, pages), cancel);
        }
        catch
        {
            foreach (var input in inputs) input.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file. The pages' memory is freed when the last bundle of them is disposed.</summary>
    public void Dispose()
    {
        _queue.Dispose();
        _waiter.Dispose();
        _pool.Dispose();
    }

    private static CaptureFileNic Open(List<CaptureInput> inputs, BlockPagePool pool, CancellationToken cancel)
    {
        var input = inputs[0];
        var name = inputs.Count == 1 ? input.Name : $"{input.Name} and {inputs.Count - 1} more";
        var pages = new CapturePages(input, pool);
        try
        {
            var header = CaptureHeader.Read(input, pages, cancel);
            var turns = new CaptureTurns(inputs, pool, pages, header);
            return new CaptureFileNic(name, turns, pool, header, new DescriptorWaiter($"waiter of {input.Name}"));
        }
        catch
        {
            pages.Dispose();
            pool.Dispose();
            throw;
        }
    }
}
