using System.Reflection;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>The target that shared code is bound to: the filters that the code calls, and the tables whose addresses it contains.</summary>
internal sealed class CalledFilters(RangeTables tables, FilterSet filters)
{
    public static readonly MethodInfo Match = typeof(CalledFilters)
        .GetMethod(nameof(Matches), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>They are held here because the code that is bound to this reads them.</summary>
    public RangeTables Tables => tables;

    /// <summary>Called by compiled code: whether a packet matches the filter of the rule at a 0-based index.</summary>
    internal static unsafe bool Matches(object target, int place, byte* bytes, long captured, uint wireLength) =>
        ((CalledFilters)target).Of(place) is { } filter
            && CbpfInterpreter.Run(filter, new ReadOnlySpan<byte>(bytes, (int)captured), wireLength) != 0;

    private CbpfProgram? Of(int place) => filters[place];
}
