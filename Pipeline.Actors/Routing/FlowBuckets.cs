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
/// parts about half as uneven.
/// </remarks>
internal static class FlowBuckets
{
    public const int Count = 256;

    /// <summary>The most instances of a group; each then has four buckets on average.</summary>
    public const int MostInstances = ConsumerOptions.MostInstances;

    /// <summary>The bucket of a flow.</summary>
    public static int Of(uint flowHash) => (int)(flowHash >> 24);

    /// <summary>The instance that each bucket belongs to, as its place in the list.</summary>
    /// <param name="instances">1 to <see cref="MostInstances"/>, each once.</param>
    public static byte[] Assign(IReadOnlyList<InstanceId> instances)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instances.Count, 1, nameof(instances));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instances.Count, MostInstances, nameof(instances));
        var ranks = instances.Select(id => new BucketRanks(id)).ToArray();
        var owners = new byte[Count];
        for (var bucket = 0; bucket < Count; bucket++)
        {
            for (var i = 1; i < ranks.Length; i++)
            {
                if (ranks[i].Exceeds(ranks[owners[bucket]], bucket)) owners[bucket] = (byte)i;
            }
        }

        return owners;
    }
}
