using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>The filters of a rule set, compiled for one link type: a program or libpcap's reason against it for each filter rule.</summary>
internal sealed class FilterSet
{
    private readonly CbpfProgram?[] _programs;
    private readonly Dictionary<int, string> _rejections = [];

    private FilterSet(int rules) => _programs = new CbpfProgram?[rules];

    /// <summary>By the rules' 0-based places.</summary>
    public IReadOnlyList<CbpfProgram?> Programs => _programs;

    /// <summary>libpcap's words by the rules' 0-based places.</summary>
    public IReadOnlyDictionary<int, string> Rejections => _rejections;

    public static FilterSet Compile(IReadOnlyList<MarkRule> rules, LinkType linkType)
    {
        var set = new FilterSet(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i] is FilterRule rule) set.Compile(i, rule.Expression, linkType);
        }

        return set;
    }

    private void Compile(int index, string expression, LinkType linkType)
    {
        try
        {
            _programs[index] = FilterCompiler.Compile(expression, linkType);
        }
        catch (FilterException e)
        {
            _rejections[index] = e.Message;
        }
    }
}
