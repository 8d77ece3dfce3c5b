using CsCheck;
using Pipeline.Actors.Routing;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class QueueOwnersTests
{
    private static readonly Gen<int[]> Members = Gen.Int[0, 20].Array[1, 12].Select(numbers => numbers.Distinct().ToArray());

    [Fact]
    public void Whoever_joins_or_leaves_all_have_as_many_queues_or_one_more() =>
        Gen.Select(Gen.Int[1, 32], Members.Array[1, 8]).Sample((queues, sets) =>
        {
            var owners = new QueueOwners(queues);
            foreach (var members in sets)
            {
                owners.Follow(Ids(members));
                var owned = members.Select(number => Enumerable.Range(0, queues).Count(queue => owners.Of(queue).Number == number)).ToList();
                Assert.Equal(queues, owned.Sum());
                Assert.InRange(owned.Max() - owned.Min(), 0, 1);
            }
        });

    [Fact]
    public void One_that_leaves_gives_up_its_queues_and_no_other_moves() =>
        Gen.Select(Gen.Int[1, 32], Members.Where(m => m.Length > 1), Gen.Int[0, 11]).Sample((queues, members, place) =>
        {
            var leaver = members[place % members.Length];
            var owners = new QueueOwners(queues);
            owners.Follow(Ids(members));
            var before = Enumerable.Range(0, queues).Select(queue => owners.Of(queue).Number).ToList();

            owners.Follow(Ids([.. members.Where(m => m != leaver)]));

            Assert.All(Enumerable.Range(0, queues).Where(queue => before[queue] != leaver), queue => Assert.Equal(before[queue], owners.Of(queue).Number));
        });

    [Fact]
    public void One_that_joins_takes_queues_and_no_other_gets_any() =>
        Gen.Select(Gen.Int[1, 32], Members).Sample((queues, members) =>
        {
            var owners = new QueueOwners(queues);
            owners.Follow(Ids(members));
            var before = Enumerable.Range(0, queues).Select(queue => owners.Of(queue).Number).ToList();

            owners.Follow(Ids([.. members, 99]));

            Assert.All(Enumerable.Range(0, queues).Where(queue => owners.Of(queue).Number != before[queue]), queue => Assert.Equal(99, owners.Of(queue).Number));
        });

    private static IEnumerable<InstanceId> Ids(int[] numbers) => numbers.Select(number => new InstanceId("", number));
}
