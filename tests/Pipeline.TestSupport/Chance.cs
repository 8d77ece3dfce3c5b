namespace Pipeline.TestSupport;

/// <summary>
/// Choices that look random and are a function of the seed, on every machine and in every version of the runtime. For one thread.
/// </summary>
/// <remarks>Source: SplitMix64, by Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.</remarks>
public sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <returns>From 0 to <paramref name="bound"/> - 1; the bound is at least 1.</returns>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <returns>True once in so many times.</returns>
    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(ReadOnlySpan<T> things) => things[Below(things.Length)];
}
