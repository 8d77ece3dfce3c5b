using CsCheck;
using Pipeline.Actors.Dispatch;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

public sealed class CpuPlacementSpecs
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void On_one_or_two_CPUs_queues_share_a_thread_and_consumers_another_and_none_is_pinned(int cpus)
    {
        var placement = CpuPlacement.Of(Machine(cpus), queues: 4, instances: 6);

        Assert.Equal([null], placement.IntakeCpus);
        Assert.Equal([null], placement.DeliveryCpus);
    }

    [Fact]
    public void From_three_CPUs_on_each_thread_has_one_and_the_first_is_left_to_control()
    {
        var placement = CpuPlacement.Of(Machine(3), queues: 4, instances: 6);

        Assert.Equal([1], placement.IntakeCpus);
        Assert.Equal([2], placement.DeliveryCpus);
    }

    [Fact]
    public void Four_CPUs_divide_three_of_them_as_the_work_is_divided()
    {
        var placement = CpuPlacement.Of(Machine(4), queues: 4, instances: 2);

        Assert.Equal([1, 2], placement.IntakeCpus);
        Assert.Equal([3], placement.DeliveryCpus);
    }

    [Fact]
    public void Eight_CPUs_are_enough_for_two_queues_and_five_consumers_to_have_one_each()
    {
        var placement = CpuPlacement.Of(Machine(8), queues: 2, instances: 5);

        Assert.Equal([1, 2], placement.IntakeCpus);
        Assert.Equal([3, 4, 5, 6, 7], placement.DeliveryCpus);
    }

    [Fact]
    public void Of_sixty_four_CPUs_no_more_are_taken_than_there_is_work_for()
    {
        var placement = CpuPlacement.Of(Machine(64), queues: 4, instances: 4);

        Assert.Equal([1, 2, 3, 4], placement.IntakeCpus);
        Assert.Equal([5, 6, 7, 8], placement.DeliveryCpus);
    }

    [Fact]
    public void A_quota_bounds_the_threads_and_pins_none()
    {
        var placement = CpuPlacement.Of(new UsableCpus([.. Enumerable.Range(0, 64)], 4), queues: 8, instances: 8);

        Assert.False(placement.IsPinned);
        Assert.Equal(3, placement.IntakeCpus.Concat(placement.DeliveryCpus).Count(cpu => cpu is null));
    }

    [Fact]
    public void Only_CPUs_that_the_process_may_use_are_used()
    {
        var placement = CpuPlacement.Of(new UsableCpus([8, 9, 12, 13], 64), queues: 1, instances: 2);

        Assert.Equal([9], placement.IntakeCpus);
        Assert.Equal([12, 13], placement.DeliveryCpus);
    }

    [Fact]
    public void Instances_of_one_group_are_spread_over_threads()
    {
        var placement = CpuPlacement.Of(Machine(4), queues: 1, instances: 4);

        Assert.Equal([0, 1, 0, 1], Enumerable.Range(0, 4).Select(placement.DeliveryThreadOf));
    }

    [Fact]
    public void Whatever_there_is_every_thread_has_a_CPU_of_its_own_or_none_and_one_CPU_is_left() =>
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 100], Gen.Int[1, 64], Gen.Int[1, 64]).Sample((cpus, limit, queues, instances) =>
        {
            var usable = new UsableCpus([.. Enumerable.Range(100, cpus)], limit);
            var placement = CpuPlacement.Of(usable, queues, instances);
            var threads = placement.IntakeCpus.Concat(placement.DeliveryCpus).ToList();

            Assert.InRange(placement.IntakeCpus.Count, 1, queues);
            Assert.InRange(placement.DeliveryCpus.Count, 1, instances);
            Assert.True(threads.Count <= Math.Max(2, usable.Count - 1));
            Assert.All(threads, cpu => Assert.Equal(placement.IsPinned, cpu is not null));
            if (!placement.IsPinned) return;
            Assert.Equal(threads.Count, threads.Distinct().Count());
            Assert.DoesNotContain(100, threads);
        });

    [Fact]
    public void No_CPU_idles_while_threads_are_shared() =>
        Gen.Select(Gen.Int[3, 80], Gen.Int[1, 64], Gen.Int[1, 64]).Sample((cpus, queues, instances) =>
        {
            var placement = CpuPlacement.Of(Machine(cpus), queues, instances);
            return placement.IntakeCpus.Count + placement.DeliveryCpus.Count == Math.Min(cpus - 1, queues + instances);
        });

    [Fact]
    public void It_says_in_words_what_runs_where()
    {
        var placement = CpuPlacement.Of(Machine(4), queues: 1, instances: 2);

        Assert.Equal(
            ["CPU 0 of 4 is left to control", "queue eth0:0 and its router: thread intake-0 on CPU 1", "consumer a-0: thread delivery-0 on CPU 2", "consumer stack-0: thread delivery-1 on CPU 3"],
            placement.Describe(["eth0:0"], ["a-0", "stack-0"]));
    }

    [Theory]
    [InlineData(2, 2, "threads are not bound to CPUs: 2 can be used, and 3 are needed")]
    [InlineData(8, 5, "threads are not bound to CPUs: a quota leaves the time of 5 out of 8")]
    public void It_says_why_nothing_is_pinned(int cpus, int limit, string why) =>
        Assert.Equal(why, CpuPlacement.Of(new UsableCpus([.. Enumerable.Range(0, cpus)], limit), 1, 1).Describe(["q"], ["c"]).First());

    [Fact]
    public void Cores_come_before_their_siblings() =>
        Assert.Equal([0, 1, 2, 3, 4, 5], UsableCpus.ByCore([0, 1, 2, 3, 4, 5], cpu => cpu));

    [Fact]
    public void A_sibling_comes_after_all_cores() =>
        Assert.Equal([0, 2, 5, 1, 3], UsableCpus.ByCore([0, 1, 2, 3, 5], cpu => cpu / 2 * 2));

    [Fact]
    public void This_process_may_use_at_least_one_CPU()
    {
        var usable = UsableCpus.OfThisProcess();

        Assert.InRange(usable.Count, 1, usable.Ids.Count);
    }

    private static UsableCpus Machine(int cpus) => new([.. Enumerable.Range(0, cpus)], cpus);
}
