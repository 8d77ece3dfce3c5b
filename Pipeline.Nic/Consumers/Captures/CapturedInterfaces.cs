using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// The interfaces of one capture being written. Times of 64 bits reach 584 years from their start. An interface whose packets lie further
/// apart is described again with another start.
/// </summary>
/// <param name="budget">How many it and others may remember together.</param>
internal sealed class CapturedInterfaces(InterfaceBudget budget)
{
    // An interface of a real capture has one description. Only a file crafted for it has times all over the millennia.
    private const int MostOfOne = 16;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Dictionary<NicInterface, CapturedInterface> _first = new(ReferenceEqualityComparer.Instance);
    private long _writtenOfForgotten;
    private int _count;

    /// <summary>Packets of all of them that the output took.</summary>
    public long Written
    {
        get
        {
            var written = _writtenOfForgotten;
            foreach (var first in _first.Values)
            {
                for (var one = first; one is not null; one = one.Next) written += one.Written;
            }

            return written;
        }
    }

    /// <summary>Whether this interface would be a new one, and the others must be forgotten before it can be remembered.</summary>
    public bool MustForget(NicInterface source) => budget.IsUsedUp && _count > 0 && !_first.ContainsKey(source);

    /// <inheritdoc cref="MustForget(NicInterface)"/>
    public bool MustForget(NicInterface source, Int128 nanoseconds)
    {
        if (!budget.IsUsedUp || _count == 0) return false;
        var one = _first.GetValueOrDefault(source);
        while (one is not null && !one.Holds(nanoseconds)) one = one.Next;
        return one is null;
    }

    /// <summary>Forgets all of them, but not how many of their packets were written.</summary>
    public void Forget()
    {
        _writtenOfForgotten = Written;
        _first.Clear();
        budget.Return(_count);
        _count = 0;
    }

    /// <summary>
    /// The first description of an interface. Its times count from 1970, or from an earlier start that its capture states: only such an
    /// interface has times before 1970.
    /// </summary>
    public CapturedInterface Of(NicInterface source) =>
        _first.TryGetValue(source, out var known) ? known : _first[source] = New(source, UsualOffset(source));

    /// <summary>
    /// The description that holds a time. It is made where there is none. Where there are too many already, it is the first one.
    /// </summary>
    public CapturedInterface Of(NicInterface source, Int128 nanoseconds)
    {
        if (!_first.TryGetValue(source, out var last)) return _first[source] = New(source, OffsetFor(source, nanoseconds));
        for (var count = 1; !last.Holds(nanoseconds); last = last.Next, count++)
        {
            if (last.Next is not null) continue;
            // A time that no description can reach gets the nearest one. It must not use up descriptions that other packets need.
            var offset = Around(nanoseconds);
            if (count == MostOfOne || nanoseconds - ((Int128)offset * NanosecondsPerSecond) > ulong.MaxValue) return _first[source];
            last.Next = New(source, offset);
        }

        return last;
    }

    private CapturedInterface New(NicInterface source, long offsetSeconds)
    {
        budget.Take();
        _count++;
        return new CapturedInterface(source, offsetSeconds);
    }

    private static long UsualOffset(NicInterface source) => Math.Min(0, source.Description?.Time.OffsetSeconds ?? 0);

    private static long OffsetFor(NicInterface source, Int128 nanoseconds)
    {
        var usual = UsualOffset(source);
        return CapturedInterface.Holds(usual, nanoseconds) ? usual : Around(nanoseconds);
    }

    /// <summary>A start as far before the time as its range reaches beyond it.</summary>
    private static long Around(Int128 nanoseconds) =>
        (long)Int128.Clamp((nanoseconds - (ulong.MaxValue / 2)) / NanosecondsPerSecond, long.MinValue, long.MaxValue);
}
