using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The filter rules of a set, compiled for one link layer after the other. Equal programs of several link layers are one object, so that
/// code compiled from them can be shared. One thread at a time.
/// </summary>
internal sealed class RuleFilters
{
    private readonly List<(int Place, FilterRule Rule)> _rules = [];
    private readonly Dictionary<int, int> _numbers = [];
    private readonly Dictionary<CbpfProgram, CbpfProgram> _programs = [];
    private readonly Dictionary<string, string> _words = [];
    private readonly int _count;

    public RuleFilters(IReadOnlyList<MarkRule> rules)
    {
        _count = rules.Count;
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i] is not FilterRule rule) continue;
            _numbers.Add(i, _rules.Count);
            _rules.Add((i, rule));
        }
    }

    /// <summary>How often libpcap was asked so far.</summary>
    public int Compilations { get; private set; }

    /// <summary>Compiles every filter. A link type that libpcap does not know is one question, however many filters there are.</summary>
    public FilterSet For(LinkLayer link)
    {
        if (_rules.Count == 0) return new FilterSet(_count, _numbers, [], []);
        Compilations++;
        if (FilterCompiler.RefusalOf(link) is { } words) return new FilterSet(_count, _numbers, words);

        var programs = new CbpfProgram?[_rules.Count];
        var rejections = new string?[_rules.Count];
        for (var i = 0; i < programs.Length; i++) (programs[i], rejections[i]) = Compile(_rules[i].Rule.Expression, link);
        return new FilterSet(_count, _numbers, programs, rejections);
    }

    private (CbpfProgram? Program, string? Rejection) Compile(string expression, LinkLayer link)
    {
        Compilations++;
        try
        {
            return (Known(_programs, FilterCompiler.Compile(expression, link)), null);
        }
        catch (FilterException e)
        {
            return (null, Known(_words, e.Message));
        }
    }

    private static T Known<T>(Dictionary<T, T> known, T value)
        where T : notnull
    {
        if (known.TryGetValue(value, out var same)) return same;
        known.Add(value, value);
        return value;
    }
}
