using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>
/// A NIC of queues that make packets out of nothing: packet number n of a queue carries n, big-endian, in its first eight bytes, and
/// the queue in the ninth. Endless unless told otherwise.
/// </summary>
internal sealed class FakeNic : INic
{
    private readonly FakeQueue[] _queues;

    public FakeNic(long packetsPerQueue, int queues = 1, int pageBytes = 4096, int pages = 16)
    {
        _queues = [.. Enumerable.Range(0, queues).Select(i => new FakeQueue(i, packetsPerQueue, pageBytes, pages))];
    }

    public string Name => "fake";

    public IReadOnlyList<INicQueue> Queues => _queues;

    public IReadOnlyList<NicInterface> Interfaces => [FakeQueue.Wire];

    public SourceTraits Traits { get; init; } = SourceTraits.Live;

    public long BytesRead => 0;

    public long? BytesTotal => null;

    /// <summary>Pages that are out, over all queues.</summary>
    public int Outstanding => _queues.Sum(q => q.Pool.Outstanding);

    public bool IsDisposed { get; private set; }

    public FakeQueue this[int queue] => _queues[queue];

    public void Dispose()
    {
        IsDisposed = true;
        foreach (var queue in _queues) queue.Dispose();
    }
}

internal sealed class FakeQueue(int index, long packets, int pageBytes, int pages) : INicQueue
{
    public const int PacketBytes = 64;

    public static readonly NicInterface Wire = new(0, "wire0", LinkType.Ethernet, 0);

    private readonly BlockPagePool _pool = new($"fake:{index}", pageBytes, pages);
    private int _page = -1;
    private int _used;
    private long _made;
    private bool _isSilent;
    private bool _isClosed;
    private string? _trouble;
    private Action? _waiter;

    /// <summary>Whether the fault comes in the middle of a bundle instead of before one.</summary>
    public bool FailsWithPacketsInHand { get; set; }

    /// <summary>Whether nothing arrives, as on a link without traffic; it may begin to speak later. Any thread.</summary>
    public bool IsSilent
    {
        get => Volatile.Read(ref _isSilent);
        set
        {
            Volatile.Write(ref _isSilent, value);
            if (!value) Interlocked.Exchange(ref _waiter, null)?.Invoke();
        }
    }

    /// <summary>Why it is down, as an interface is; null while it is up. Any thread.</summary>
    public string? Trouble
    {
        get => Volatile.Read(ref _trouble);
        set
        {
            Volatile.Write(ref _trouble, value);
            Interlocked.Exchange(ref _waiter, null)?.Invoke();
        }
    }

    /// <summary>Thrown when it is opened.</summary>
    public Exception? OpeningFault { get; set; }

    /// <summary>Times that it was opened, or that somebody tried to.</summary>
    public int Openings { get; private set; }

    /// <summary>Whether a drain leaves what it has still to be received.</summary>
    public bool TakesAhead { get; set; }

    public string Name => $"fake:{index}";

    public PagePool Pool => _pool;

    public PageShare DeviceShare => _pool.Device;

    /// <summary>Thrown by the next Receive after so many packets.</summary>
    public (long After, Exception Error)? Fault { get; set; }

    /// <summary>Called at every Receive, on its thread, with the packets made before.</summary>
    public Action<long>? Receiving { get; set; }

    /// <summary>Writes what a packet carries, in place of its number; told the number. On the queue's thread.</summary>
    public Action<Span<byte>, long>? Write { get; set; }

    public bool TryOpen()
    {
        Openings++;
        return OpeningFault is null ? Trouble is null : throw OpeningFault;
    }

    /// <summary>Thrown when it is drained.</summary>
    public Exception? DrainFault { get; set; }

    public bool Drain() => DrainFault is null ? TakesAhead : throw DrainFault;

    public ReceiveStatus Receive(PageBundle bundle)
    {
        Receiving?.Invoke(_made);
        if (Trouble is not null) return ReceiveStatus.Down;
        bundle.Interface = Wire;
        if (IsSilent) return ReceiveStatus.Empty;
        while (!bundle.IsFull && _made < packets)
        {
            if (Fault is { } fault && _made >= fault.After)
            {
                if (!bundle.IsEmpty && !FailsWithPacketsInHand) break;
                throw fault.Error;
            }

            if (!EnsurePage()) return bundle.IsEmpty ? ReceiveStatus.NoPage : ReceiveStatus.Received;
            Make(bundle);
        }

        return bundle.IsEmpty ? ReceiveStatus.End : ReceiveStatus.Received;
    }

    public void WakeWhenReady(Action wake)
    {
        Interlocked.Exchange(ref _waiter, wake);
        if (!IsSilent) Interlocked.Exchange(ref _waiter, null)?.Invoke();
    }

    /// <summary>Times that somebody wanted to know what the device lost.</summary>
    public int LossReadings { get; private set; }

    /// <summary>Thrown when somebody wants to know what the device lost.</summary>
    public Exception? LossFault { get; set; }

    /// <summary>Packets that it has taken and never gives out: they are lost when it is closed.</summary>
    public long LeftInTheRing { get; set; }

    public void ReadLosses(QueueAccount account)
    {
        LossReadings++;
        if (LossFault is not null) throw LossFault;
        if (!_isClosed || LeftInTheRing == 0) return;
        account.CountLost(DeviceLoss.KernelDrops, LeftInTheRing);
        LeftInTheRing = 0;
    }

    public void Dispose()
    {
        _isClosed = true;
        LeavePage();
        _pool.Dispose();
    }

    private bool EnsurePage()
    {
        if (_page >= 0 && _used + PacketBytes <= _pool.PageSize) return true;
        LeavePage();
        _used = 0;
        return _pool.TryRent(out _page);
    }

    private void Make(PageBundle bundle)
    {
        var bytes = _pool.PageMemory(_page).Slice(_used, PacketBytes);
        bytes.Clear();
        if (Write is not null)
        {
            Write(bytes, _made);
        }
        else
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, _made);
            bytes[8] = (byte)index;
        }

        _pool.Device.Take(_page, 1);
        bundle.Append(new Packet
        {
            Offset = _pool.OffsetOf(_page) + (uint)_used,
            CapturedLength = PacketBytes,
            WireLength = PacketBytes,
            TimestampNanoseconds = _made,
        });
        _used += PacketBytes;
        _made++;
    }

    private void LeavePage()
    {
        if (_page >= 0) _pool.ReleaseFilled(_page);
        _page = -1;
    }
}
