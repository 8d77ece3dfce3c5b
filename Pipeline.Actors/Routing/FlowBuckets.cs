namespace Pipeline.Actors.Routing;

/// <summary>
/// Which instance of a group takes which flows: a flow's hash names one of 256 buckets, and a bucket belongs to an instance. Pure: so
/// many instances always have the same buckets, for every router and whatever was before.
/// </summary>
/// <remarks>
/// One instance more takes buckets from those that have most, and nothing else moves; one less gives back just those. All have as many
/// as the others, or one more.
/// </remarks>
internal static class FlowBuckets
{
    public const int Count = 256;

    /// <summary>Instances a group may have; each has four buckets at least.</summary>
    public const int MostInstances = 64;

    /// <summary>The bucket of a flow.</summary>
    public static int Of(uint flowHash) => (int)(flowHash >> 24);

    /// <summary>The instance that each bucket belongs to.</summary>
    /// <param name="instances">1 to <see cref="MostInstances"/>.</param>
    public static byte[] Assign(int instances)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instances, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instances, MostInstances);
        var owner = new byte[Count];
        var owned = new int[instances];
        owned[0] = Count;
        for (var joining = 1; joining < instances; joining++)
        {
            while (owned[joining] < Count / (joining + 1)) Give(owner, owned, joining);
        }

        return owner;
    }

    private static void Give(byte[] owner, int[] owned, int joining)
    {
        var richest = Array.IndexOf(owned, owned.Max());
        var bucket = Array.LastIndexOf(owner, (byte)richest);
        owner[bucket] = (byte)joining;
        owned[richest]--;
        owned[joining]++;
    }
}
