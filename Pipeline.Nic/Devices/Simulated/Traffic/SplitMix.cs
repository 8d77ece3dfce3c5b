using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014): its n-th number can be computed without
/// those before it, so every queue can scan the whole wire by itself.
/// </summary>
internal struct SplitMix(ulong seed)
{
    private const ulong Odd = 0x9e3779b97f4a7c15;

    private ulong _state = seed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong At(ulong seed, ulong number)
    {
        var x = seed + ((number + 1) * Odd);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    public ulong Next()
    {
        var number = At(_state, 0);
        _state += Odd;
        return number;
    }

    /// <summary>From 0 to below <paramref name="bound"/>, which is small.</summary>
    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);
}
