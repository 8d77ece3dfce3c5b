using CsCheck;
using Pipeline.Actors.Routing;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class FlowBucketsTests
{
    private static readonly Gen<InstanceId> Id = Gen.Select(Gen.Int[0, 3].Select(i => new[] { "", "n1", "n2", "edge-3" }[i]), Gen.Int[0, 999], (node, number) => new InstanceId(node, number));
    private static readonly Gen<InstanceId[]> Members = Id.Array[1, FlowBuckets.MostInstances].Select(ids => ids.Distinct().ToArray());

    /// <summary>The most buckets that any of the first so many instances has, as a part of an even share.</summary>
    [Theory]
    [InlineData(2, 1.03)]
    [InlineData(3, 1.02)]
    [InlineData(4, 1.04)]
    [InlineData(6, 1.04)]
    [InlineData(8, 1.07)]
    [InlineData(16, 1.32)]
    [InlineData(64, 1.75)]
    public void No_instance_has_much_more_than_its_part(int instances, double most)
    {
        var owned = OwnersOf([.. Enumerable.Range(0, instances).Select(n => new InstanceId("", n))]).CountBy(owner => owner).ToList();

        Assert.Equal(instances, owned.Count);
        Assert.InRange(owned.Max(o => o.Value) * instances / (double)FlowBuckets.Count, 1, most);
    }

    [Fact]
    public void Of_a_few_instances_none_has_much_more_than_its_part_whatever_their_ids() =>
        Id.Array[2, 6].Select(ids => ids.Distinct().ToArray()).Sample(
            members => OwnersOf(members).CountBy(owner => owner).Max(o => o.Value) * members.Length <= FlowBuckets.Count * 1.5);

    /// <summary>It need not be exact: a weight says how many claims an instance has.</summary>
    [Theory]
    [InlineData(2, 1, 2.0 / 3)]
    [InlineData(4, 1, 0.8)]
    [InlineData(16, 16, 0.5)]
    public void An_instance_gets_buckets_by_its_weight(int first, int second, double part)
    {
        var owners = FlowBuckets.Assign([(new InstanceId("n1", 0), first), (new InstanceId("n2", 0), second)]);

        Assert.InRange(owners.Count(o => o == 0) / (double)FlowBuckets.Count, part * 0.9, part * 1.1);
    }

    [Fact]
    public void A_weight_that_changes_moves_buckets_from_or_to_that_instance_alone() =>
        Gen.Select(Members, Gen.Int[1, 16], Gen.Int[1, 16]).Sample((members, before, after) =>
        {
            var had = FlowBuckets.Assign([.. members.Select((id, i) => (id, i == 0 ? before : 1))]);
            var has = FlowBuckets.Assign([.. members.Select((id, i) => (id, i == 0 ? after : 1))]);
            for (var bucket = 0; bucket < FlowBuckets.Count; bucket++)
            {
                if (had[bucket] != has[bucket]) Assert.True((after > before ? has : had)[bucket] == 0, $"bucket {bucket} moved from {had[bucket]} to {has[bucket]}");
            }
        });

    [Fact]
    public void When_instances_leave_and_join_only_their_own_buckets_change_hands() =>
        Gen.Select(Members, Members).Sample((before, after) =>
        {
            var (had, has) = (OwnersOf(before), OwnersOf(after));
            for (var bucket = 0; bucket < FlowBuckets.Count; bucket++)
            {
                if (had[bucket] != has[bucket]) Assert.True(!after.Contains(had[bucket]) || !before.Contains(has[bucket]), $"bucket {bucket}: {had[bucket]} to {has[bucket]}");
            }
        });

    [Fact]
    public void The_order_in_which_instances_are_named_means_nothing() =>
        Gen.Select(Members, Gen.Int).Sample((members, seed) =>
        {
            var shuffled = (InstanceId[])members.Clone();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(OwnersOf(members), OwnersOf(shuffled));
        });

    /// <summary>Nodes of different versions must agree, so this must not change.</summary>
    [Fact]
    public void The_buckets_are_what_they_always_were()
    {
        var owners = OwnersOf([new("n1", 0), new("n2", 0), new("", 7)]);

        Assert.Equal("n1/0 7 n2/0 7 n2/0 n1/0 n1/0 n2/0 7 n1/0 7 7 n2/0 7 n1/0 7", string.Join(' ', owners.Take(16)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void There_is_no_assignment_for_other_numbers(int instances) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FlowBuckets.Assign([.. Enumerable.Range(0, instances).Select(n => new InstanceId("", n))]));

    private static InstanceId[] OwnersOf(InstanceId[] members) => [.. FlowBuckets.Assign(members).Select(owner => members[owner])];
}
