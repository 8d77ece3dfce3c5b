using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>The product's reader with all that it needs, kept from capture to capture. For one thread.</summary>
internal sealed class CaptureUnderTest : IDisposable
{
    /// <summary>A pipe takes no more at once without someone who reads.</summary>
    private const int PipeBytes = 60 * 1024;

    /// <summary>Larger captures come in larger pieces, because each costs three calls of the system.</summary>
    private const int MostChunks = 32;

    private const string Memory = "/dev/shm";

    private readonly Dictionary<(int PageBytes, int Pages), BlockPagePool> _pools = [];
    private readonly Dictionary<int, BundlePool> _bundles = [];
    private readonly DescriptorWaiter _waiter = new("waiter of the fuzzer");
    private PacketAccount _account = new("fuzz", AccountKind.Consumer);
    private readonly TemporaryFolder _folder;
    private readonly CaptureSource _source;

    public CaptureUnderTest()
    {
        // Where there is no file system in memory, any will do, only slower.
        _folder = Directory.Exists(Memory) ? new TemporaryFolder(Memory) : new TemporaryFolder();
        _source = new CaptureSource(_folder.FullName);
    }

    /// <summary>Room for files of the test's own.</summary>
    public string Folder => _folder.FullName;

    /// <exception cref="FuzzException">The reader makes something else of it than the specifications.</exception>
    public void Check(SpecifiedCapture expected, in Passage passage, IPacketConsumer? consumer = null)
    {
        try
        {
            _source.Chunk = passage.Chunk == 0 || expected.Length > PipeBytes ? 0 : Math.Max(passage.Chunk, expected.Length / MostChunks);
            new CaptureReading(expected, passage, PoolOf(passage), BundlesOf(passage), _account) { Consumer = consumer }.Run(_source, _waiter);
        }
        catch (Exception e)
        {
            // Pages may be out and bundles too, and packets held: others from now on.
            _pools.Clear();
            _bundles.Clear();
            _account = new PacketAccount("fuzz", AccountKind.Consumer);
            if (e is FuzzException or OutOfMemoryException) throw;
            throw new FuzzException($"{e.GetType().Name}: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values) pool.Dispose();
        _source.Dispose();
        _waiter.Dispose();
        _folder.Dispose();
    }

    private BlockPagePool PoolOf(in Passage passage)
    {
        var key = (passage.PageBytes, passage.Pages);
        if (!_pools.TryGetValue(key, out var pool)) _pools.Add(key, pool = new BlockPagePool("fuzz", passage.PageBytes, passage.Pages));
        return pool;
    }

    private BundlePool BundlesOf(in Passage passage)
    {
        if (!_bundles.TryGetValue(passage.BundlePackets, out var bundles)) _bundles.Add(passage.BundlePackets, bundles = new BundlePool(passage.BundlePackets));
        return bundles;
    }
}
