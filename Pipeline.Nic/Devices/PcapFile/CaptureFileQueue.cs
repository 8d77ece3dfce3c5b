using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// The one queue of a capture, or of several: their packets in the order of the files, parsed in the pages they were read into.
/// </summary>
/// <remarks>
/// The queue holds the page it reads into until that page is parsed. A fault is thrown when every packet before it has been received, and
/// again by every later call.
/// </remarks>
public sealed class CaptureFileQueue : INicQueue
{
    private readonly CaptureTurns _turns;
    private readonly BlockPagePool _pool;
    private readonly DescriptorWaiter _waiter;
    private IOException? _fault;
    private bool _isBetween;
    private bool _ended;
    private bool _disposed;

    internal CaptureFileQueue(CaptureTurns turns, BlockPagePool pool, DescriptorWaiter waiter)
    {
        _turns = turns;
        _pool = pool;
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
            if (_isBetween && !Turn(bundle, out var status)) return status;
            var needed = ParseInto(bundle);
            if (bundle.IsFull || (needed == 0 && !bundle.IsEmpty)) return ReceiveStatus.Received;
            var filled = _turns.Format.Fault is null ? Fill(needed) : Stop(_turns.Format.Fault);
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
        if (_turns.Input.IsReady || _ended || _disposed) wake();
        else _waiter.WakeWhenReadable(_turns.Input.Descriptor, wake);
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
        if (!_turns.Input.IsRegular) _waiter.Forget(_turns.Input.Descriptor);
        _turns.Dispose();
    }

    /// <summary>Moves on to the next capture, with the packets of the one before in a bundle of their own.</summary>
    /// <param name="status">What to answer when it did not.</param>
    private bool Turn(PageBundle bundle, out ReceiveStatus status)
    {
        status = ReceiveStatus.Received;
        if (!bundle.IsEmpty) return false;
        try
        {
            var turned = _turns.TryTurn();
            status = turned == FillStatus.NoPage ? ReceiveStatus.NoPage : ReceiveStatus.Empty;
            _isBetween = turned != FillStatus.Ready;
            return !_isBetween;
        }
        catch (IOException fault)
        {
            Stop(fault);
            throw;
        }
    }

    private int ParseInto(PageBundle bundle)
    {
        var run = _turns.Format.Parse(bundle.Room, bundle.IsEmpty ? null : bundle.Interface);
        if (run.Packets == 0) return run.Needed;
        bundle.Interface = _turns.Format.Interface;
        // The whole run lies in the current page. This queue holds that page until it is parsed to its end.
        bundle.AppendedFrom(_turns.Pages.Page, run.Packets, run.Bytes);
        return run.Needed;
    }

    private FillStatus Fill(int needed)
    {
        try
        {
            var status = _turns.Pages.Ensure(needed);
            if (status != FillStatus.End) return status;
            var fault = _turns.Format.EndFault();
            if (fault is not null || _turns.IsLast) return Stop(fault);
            _isBetween = true;
            return FillStatus.Ready;
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
        _turns.Pages.Dispose();
        return FillStatus.End;
    }
}
