using Pipeline.Actors.Routing;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class FlowBucketsTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, FlowBuckets.MostInstances)];

    public static TheoryData<int> NumbersAfterOne => [.. Enumerable.Range(2, FlowBuckets.MostInstances - 1)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void All_instances_have_as_many_buckets_or_one_more(int instances)
    {
        var owned = FlowBuckets.Assign(instances).CountBy(owner => owner).Select(o => o.Value).ToList();

        Assert.Equal(instances, owned.Count);
        Assert.InRange(owned.Max() - owned.Min(), 0, 1);
    }

    [Theory]
    [MemberData(nameof(NumbersAfterOne))]
    public void One_instance_more_takes_its_own_buckets_and_nothing_else_moves(int instances)
    {
        var (before, after) = (FlowBuckets.Assign(instances - 1), FlowBuckets.Assign(instances));

        var moved = Enumerable.Range(0, FlowBuckets.Count).Where(bucket => before[bucket] != after[bucket]).ToList();

        Assert.All(moved, bucket => Assert.Equal(instances - 1, after[bucket]));
        Assert.Equal(FlowBuckets.Count / instances, moved.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void There_is_no_assignment_for_other_numbers(int instances) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FlowBuckets.Assign(instances));
}
