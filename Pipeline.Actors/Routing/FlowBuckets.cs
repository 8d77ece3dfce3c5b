using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Decides which instance of a group takes which flows: a flow's hash names one of 256 buckets, and a bucket belongs to an instance. Pure:
/// the same instances always have the same buckets, for every router of every node. Neither their order nor earlier instances matter.
/// </summary>
/// <remarks>
/// Rendezvous hashing: each instance has a weight for each bucket, and the instance with the highest weight gets the bucket. So an instance
/// that leaves gives up its own buckets and nothing else moves; one that joins takes over only the buckets that are now its own. An
/// instance's weights are the 256 ranks in an order of its own (<see cref="BucketRanks"/>) and not 256 random numbers, which makes the
/// parts about half as uneven. An instance of weight n claims with the ranks of n instances.
/// </remarks>
internal static class FlowBuckets
{
    public const int Count = 256;

    /// <summary>The most instances of a group; each then has four buckets on average.</summary>
    public const int MostInstances = ConsumerOptions.MostInstances;

    /// <summary>The bucket of a flow.</summary>
    public static int Of(uint flowHash) => (int)(flowHash >> 24);

    /// <summary>Keeps the further claims of an instance of some weight apart from the claims of other instances of its node.</summary>
    private const int ClaimStep = 1 << 20;

    /// <summary>The instance that each bucket belongs to, as its place in the list.</summary>
    /// <param name="instances">1 to <see cref="MostInstances"/>, each once.</param>
    public static byte[] Assign(IReadOnlyList<InstanceId> instances) => Assign([.. instances.Select(id => (id, 1))]);

    /// <inheritdoc cref="Assign(IReadOnlyList{InstanceId})"/>
    public static byte[] Assign(IReadOnlyList<(InstanceId Id, int Weight)> instances)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instances.Count, 1, nameof(instances));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instances.Count, MostInstances, nameof(instances));
        var claims = instances.SelectMany((of, place) => ClaimsOf(of.Id, of.Weight).Select(ranks => (ranks, place))).ToArray();
        var owners = new byte[Count];
        for (var bucket = 0; bucket < Count; bucket++)
        {
            var strongest = claims[0];
            foreach (var claim in claims.AsSpan(1))
            {
                if (claim.ranks.Exceeds(strongest.ranks, bucket)) strongest = claim;
            }

            owners[bucket] = (byte)strongest.place;
        }

        return owners;
    }

    private static IEnumerable<BucketRanks> ClaimsOf(InstanceId id, int weight) =>
        Enumerable.Range(0, weight).Select(i => new BucketRanks(id with { Number = id.Number + (i * ClaimStep) }));
}
