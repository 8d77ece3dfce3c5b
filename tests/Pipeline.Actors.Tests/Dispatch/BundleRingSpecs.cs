using CsCheck;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

public sealed class BundleRingSpecs : IDisposable
{
    private readonly PacketSource _source = PacketSource.OneToAPage();

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Bundles_come_out_in_the_order_they_went_in()
    {
        var ring = new BundleRing(8);

        for (var i = 0; i < 5; i++) ring.TryEnqueue(_source.Empty(i));

        Assert.Equal([0, 1, 2, 3, 4], Drained(ring));
    }

    [Fact]
    public void A_full_ring_refuses_and_keeps_what_it_has()
    {
        var ring = new BundleRing(4);
        for (var i = 0; i < 4; i++) ring.TryEnqueue(_source.Empty(i));

        Assert.False(ring.TryEnqueue(_source.Empty(4)));

        Assert.Equal([0, 1, 2, 3], Drained(ring));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    public void A_capacity_is_rounded_up_to_a_power_of_two(int asked, int given) => Assert.Equal(given, new BundleRing(asked).Capacity);

    [Fact]
    public void A_ring_of_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new BundleRing(1));

    [Fact]
    public void A_ring_that_gave_a_bundle_away_no_longer_refers_to_it()
    {
        var ring = new BundleRing(2);

        var taken = PutInAndTakeOut(ring);

        GC.Collect();
        Assert.False(taken.IsAlive);
        GC.KeepAlive(ring);
    }

    [Fact]
    public void Whatever_is_put_in_and_taken_out_it_behaves_as_a_bounded_queue()
    {
        var bundles = Enumerable.Range(0, 16).Select(i => _source.Empty(i)).ToArray();
        Gen.Select(Gen.Int[2, 9], Gen.Bool.Array[0, 100]).Sample((capacity, puts) =>
        {
            var (ring, model) = (new BundleRing(capacity), new Queue<PageBundle>());
            for (var i = 0; i < puts.Length; i++)
            {
                if (!(puts[i] ? PutsAlike(ring, model, bundles[i % 16]) : TakesAlike(ring, model))) return false;
                if (ring.Count != model.Count || ring.IsEmpty != (model.Count == 0)) return false;
            }

            return true;
        });
    }

    [Fact]
    public async Task Of_many_producers_and_two_consumers_none_loses_or_doubles_a_bundle()
    {
        const int Producers = 4;
        const int Each = 5_000;
        var ring = new BundleRing(64);
        var left = new Countdown(Producers * Each);
        var sources = Enumerable.Range(0, Producers).Select(_ => PacketSource.OneToAPage(pages: 1)).ToList();

        var producers = sources.Select((source, p) => Threads.Start(() => Produce(ring, source, p, Each)));
        var consumers = Enumerable.Range(0, 2).Select(_ => Threads.Start(() => Consume(ring, left))).ToList();
        await Task.WhenAll(producers).WaitAsync(Runs.Patience);
        var seen = await Task.WhenAll(consumers).WaitAsync(Runs.Patience);

        Assert.Equal(Producers * Each, seen.SelectMany(s => s).Distinct().Count());
        Assert.All(seen, one => Assert.All(one.GroupBy(s => s >> 32), producer => Assert.Equal(producer.Order(), producer)));
        foreach (var source in sources) source.Dispose();
    }

    private static bool Produce(BundleRing ring, PacketSource source, long producer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var bundle = source.Empty((producer << 32) | (uint)i);
            while (!ring.TryEnqueue(bundle)) Thread.Yield();
        }

        return true;
    }

    private static List<long> Consume(BundleRing ring, Countdown left)
    {
        var seen = new List<long>();
        while (left.IsMore)
        {
            if (!ring.TryDequeue(out var bundle))
            {
                Thread.Yield();
                continue;
            }

            left.One();
            seen.Add(bundle!.Sequence);
        }

        return seen;
    }

    private static bool PutsAlike(BundleRing ring, Queue<PageBundle> model, PageBundle bundle)
    {
        var fits = model.Count < ring.Capacity;
        if (fits) model.Enqueue(bundle);
        return ring.TryEnqueue(bundle) == fits;
    }

    private static bool TakesAlike(BundleRing ring, Queue<PageBundle> model)
    {
        var expected = model.TryDequeue(out var bundle);
        return ring.TryDequeue(out var taken) == expected && ReferenceEquals(taken, bundle);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference PutInAndTakeOut(BundleRing ring)
    {
        using var source = PacketSource.OneToAPage();
        var bundle = source.Empty(0);
        ring.TryEnqueue(bundle);
        ring.TryDequeue(out _);
        return new WeakReference(bundle);
    }

    private static List<long> Drained(BundleRing ring)
    {
        var sequences = new List<long>();
        while (ring.TryDequeue(out var bundle)) sequences.Add(bundle!.Sequence);
        return sequences;
    }

    private sealed class Countdown(int count)
    {
        private int _left = count;

        public bool IsMore => Volatile.Read(ref _left) > 0;

        public void One() => Interlocked.Decrement(ref _left);
    }
}
