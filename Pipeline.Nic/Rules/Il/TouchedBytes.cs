using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>The bytes of a packet that rules will probably read, so that they can be loaded into the cache ahead of time.</summary>
internal sealed class TouchedBytes
{
    // The range of IPv4 or IPv6 addresses and ports after Ethernet, for rules that search for the headers themselves.
    private const int HeadersFrom = 12;
    private const int HeadersTo = 37;

    /// <summary>Bytes beyond are left to the processor: few rules read there, and packets can be shorter.</summary>
    private const int Farthest = 191;

    /// <summary>Two offsets this close are in one cache line often enough.</summary>
    private const int Apart = 16;

    private int _lowest = int.MaxValue;
    private int _highest = -1;

    /// <returns>None, one or two offsets.</returns>
    public static int[] Of(RuleRange range)
    {
        var touched = new TouchedBytes();
        foreach (var probe in range.Probes)
        {
            if (probe is FilterProbe { Program: { } program }) touched.Add(program);
            else if (probe is FilterProbe) touched.AddHeaders();
            else foreach (var place in ((TupleProbe)probe).Tuple.Places) touched.Add(place);
        }

        return touched.Ends();
    }

    /// <inheritdoc cref="Of(RuleRange)"/>
    public static int[] Of(CbpfProgram filter)
    {
        var touched = new TouchedBytes();
        touched.Add(filter);
        return touched.Ends();
    }

    private int[] Ends() => _highest < 0 ? [] : _highest - _lowest < Apart ? [_lowest] : [_lowest, _highest];

    private void Add(CbpfProgram program)
    {
        foreach (var i in program.Instructions)
        {
            if (i.LoadBytes > 0) Add(i.K);
        }
    }

    private void Add(TuplePlace place)
    {
        if (place.Address.Base != FieldBase.L2)
        {
            AddHeaders();
            return;
        }

        foreach (var step in place.Address.Steps) Add(step.Offset);
        if (place.Address.Steps.Count > 0) return;
        foreach (var field in place.Fields)
        {
            Add(field.Offset);
            Add(field.Offset + field.Width - 1);
        }
    }

    private void AddHeaders()
    {
        Add(HeadersFrom);
        Add(HeadersTo);
    }

    private void Add(long offset)
    {
        if (offset > Farthest) return;
        _lowest = Math.Min(_lowest, (int)offset);
        _highest = Math.Max(_highest, (int)offset);
    }
}
