using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>Which bytes of a packet rules are likely to look at, for loading them into the cache ahead of time.</summary>
internal static class TouchedBytes
{
    // Where IPv4 or IPv6 addresses and ports begin and end behind Ethernet, for rules that look for the headers themselves.
    private const int HeadersFrom = 12;
    private const int HeadersTo = 37;

    /// <summary>Bytes beyond are left to the processor: few rules look there, and packets may be shorter.</summary>
    private const int Farthest = 191;

    /// <summary>Two offsets this close are in one cache line often enough.</summary>
    private const int Apart = 16;

    /// <summary>None, one or two offsets.</summary>
    public static IReadOnlyList<int> Of(RuleRange range) => Ends(range.Probes.SelectMany(Of));

    public static IReadOnlyList<int> Of(CbpfProgram filter) => Ends(LoadsOf(filter));

    private static int[] Ends(IEnumerable<long> touched)
    {
        var all = touched.Where(at => at <= Farthest).Select(at => (int)at).ToList();
        if (all.Count == 0) return [];
        var (lowest, highest) = (all.Min(), all.Max());
        return highest - lowest < Apart ? [lowest] : [lowest, highest];
    }

    private static IEnumerable<long> Of(Probe probe) => probe switch
    {
        FilterProbe filter => LoadsOf(filter.Program),
        TupleProbe tuple => tuple.Tuple.Places.SelectMany(Of),
        _ => [],
    };

    private static IEnumerable<long> Of(TuplePlace place) =>
        place.Address.Base != FieldBase.L2 ? [HeadersFrom, HeadersTo]
        : place.Address.Steps.Count > 0 ? place.Address.Steps.Select(s => (long)s.Offset)
        : place.Fields.SelectMany(f => new[] { f.Offset, f.Offset + f.Width - 1 });

    private static List<long> LoadsOf(CbpfProgram program)
    {
        List<long> touched = [];
        foreach (var i in program.Instructions)
        {
            if (i.LoadBytes > 0) touched.Add(i.K);
        }

        return touched;
    }
}
