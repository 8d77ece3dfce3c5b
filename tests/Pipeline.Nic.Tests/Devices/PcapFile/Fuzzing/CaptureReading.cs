using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>One capture on its way through the product's reader, compared with what the specifications say is in it.</summary>
/// <remarks>
/// Bundles are kept for a while. A packet is compared with the capture's own bytes when it is received, and again before it goes home.
/// </remarks>
internal sealed class CaptureReading(SpecifiedCapture expected, in Passage passage, BlockPagePool pool, BundlePool bundles, PacketAccount account)
{
    /// <summary>What a reader may allocate for a capture without bytes, and for each byte; an interface of 20 bytes costs most.</summary>
    private const long FixedAllocation = 128 * 1024;
    private const long AllocationPerByte = 64;

    private readonly int _mostHeld = passage.Held;
    private readonly CaptureComparison _comparison = new(expected);
    private readonly Queue<(PageBundle Bundle, int First)> _held = new(8);
    private int _received;
    private CaptureFormatException? _fault;

    /// <summary>Who gets every bundle when it is received; null for nobody.</summary>
    public IPacketConsumer? Consumer { get; init; }

    /// <exception cref="FuzzException">Something is not as it has to be.</exception>
    public void Run(CaptureSource source, DescriptorWaiter waiter)
    {
        var (before, allocated) = (account.DeliveredTally, GC.GetAllocatedBytesForCurrentThread());
        Read(source, waiter);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        while (_held.Count > 0) Release();
        Consumer?.Complete();

        var bytes = expected.Packets.Sum(p => (long)p.Captured);
        FuzzException.Unless(_received == expected.Packets.Count, $"{_received} packets came, of {expected.Packets.Count}; fault: {_fault?.Message}");
        FuzzException.Unless(account.DeliveredTally == before.Plus(_received, bytes) && account.Held == default, "the account does not balance");
        FuzzException.Unless(pool.Outstanding == 0, $"{pool.Outstanding} pages are not home");
        FuzzException.Unless(pool.Device is { Charged: 0, Bundles: 0 }, "the device's share is still charged");
        var mayAllocate = Consumer is not null ? long.MaxValue : FixedAllocation + (AllocationPerByte * expected.Length);
        FuzzException.Unless(allocated < mayAllocate, $"{allocated} bytes were allocated");
        _comparison.Compare(_fault);
    }

    private void Read(CaptureSource source, DescriptorWaiter waiter)
    {
        var input = source.Open(expected);
        var pages = new CapturePages(input, pool);
        CaptureHeader? header = null;
        try
        {
            header = CaptureHeader.Read(input, pages, source.Patience);
            using var queue = new CaptureFileQueue(new CaptureTurns([input], pool, pages, header), pool, waiter);
            source.HeaderIsRead();
            Drain(queue, source);
        }
        catch (CaptureFormatException e)
        {
            _fault = e;
        }
        finally
        {
            pages.Dispose();
            input.Dispose();
        }

        if (header is not null) _comparison.Compare(header.Interfaces.Snapshot());
    }

    /// <summary>Each call brings a packet, or more of the source, or a page home, or the end; so only so many can be needed.</summary>
    private void Drain(CaptureFileQueue queue, CaptureSource source)
    {
        var status = ReceiveStatus.Received;
        for (var polls = (2L * expected.Packets.Count) + 8; status != ReceiveStatus.End; polls--)
        {
            FuzzException.Unless(polls > 0, "it polls without end");
            status = ReceiveOne(queue);
            if (status == ReceiveStatus.NoPage) FuzzException.Unless(_held.Count > 0, "it waits for a page, and nobody holds one");
            if (_held.Count > (status == ReceiveStatus.NoPage ? 0 : _mostHeld)) Release();
            if (status != ReceiveStatus.Empty) continue;
            FuzzException.Unless(source.WriteMore(), "a file that has ended says that it has nothing yet");
            polls++;
        }
    }

    private ReceiveStatus ReceiveOne(CaptureFileQueue queue)
    {
        var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
        try
        {
            var status = queue.Receive(bundle);
            FuzzException.Unless(bundle.IsEmpty == (status != ReceiveStatus.Received), $"{status} came with {bundle.Count} packets");
            if (bundle.IsEmpty) return status;
            _comparison.Compare(bundle, _received);
            _held.Enqueue((bundle, _received));
            _received += bundle.Count;
            Consumer?.Consume(new PacketBatch(bundle));
            bundle = null;
            return status;
        }
        finally
        {
            bundle?.Dispose();
        }
    }

    private void Release()
    {
        var (bundle, first) = _held.Dequeue();
        using var disposed = bundle;
        _comparison.Compare(bundle, first);
    }
}
