using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The one queue of a capture: its packets in the order of the file, parsed in the pages they were read into.</summary>
/// <remarks>
/// The queue holds the page it reads into until that page is parsed. A fault is thrown when every packet before it has been received, and
/// again by every later call.
/// </remarks>
public sealed class CaptureFileQueue : INicQueue
{
    private readonly CaptureInput _input;
    private readonly BlockPagePool _pool;
    private readonly CapturePages _pages;
    private readonly CaptureFormat _format;
    private readonly DescriptorWaiter _waiter;
    private IOException? _fault;
    private bool _ended;
    private bool _disposed;

    internal CaptureFileQueue(CaptureInput input, BlockPagePool pool, CapturePages pages, CaptureFormat format, DescriptorWaiter waiter)
    {
        _input = input;
        _pool = pool;
        _pages = pages;
        _format = format;
        _waiter = waiter;
    }

    /// <inheritdoc/>
    public string Name => _pool.Name;

    /// <summary>Pages of many packets each: a page is a chunk of the file.</summary>
    public PagePool Pool => _pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _pool.Device;

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fault is not null) throw _fault;
        if (_ended) return ReceiveStatus.End;
        while (true)
        {
            var needed = ParseInto(bundle);
            if (bundle.IsFull || (needed == 0 && !bundle.IsEmpty)) return ReceiveStatus.Received;
            var filled = _format.Fault is null ? Fill(needed) : Stop(_format.Fault);
            if (filled == FillStatus.Ready) continue;
            if (!bundle.IsEmpty) return ReceiveStatus.Received;
            if (_fault is not null) throw _fault;
            return filled switch
            {
                FillStatus.Empty => ReceiveStatus.Empty,
                FillStatus.NoPage => ReceiveStatus.NoPage,
                _ => ReceiveStatus.End,
            };
        }
    }

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        if (_input.IsReady || _ended || _disposed) wake();
        else _waiter.WakeWhenReadable(_input.Descriptor, wake);
    }

    /// <summary>A file loses nothing.</summary>
    public void ReadLosses(QueueAccount account)
    {
    }

    /// <summary>Lets go of its page and closes the file. Received packets stay valid.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _pages.Dispose();
        if (!_input.IsRegular) _waiter.Forget(_input.Descriptor);
        _input.Dispose();
    }

    private int ParseInto(PageBundle bundle)
    {
        var run = _format.Parse(bundle.Room, bundle.IsEmpty ? null : bundle.Interface);
        if (run.Packets == 0) return run.Needed;
        bundle.Interface = _format.Interface;
        // The whole run lies in the current page. This queue holds that page until it is parsed to its end.
        bundle.AppendedFrom(_pages.Page, run.Packets, run.Bytes);
        return run.Needed;
    }

    private FillStatus Fill(int needed)
    {
        try
        {
            var status = _pages.Ensure(needed);
            return status == FillStatus.End ? Stop(_format.EndFault()) : status;
        }
        catch (IOException e)
        {
            return Stop(e);
        }
    }

    private FillStatus Stop(IOException? fault)
    {
        _fault = fault;
        _ended = true;
        _pages.Dispose();
        return FillStatus.End;
    }
}
