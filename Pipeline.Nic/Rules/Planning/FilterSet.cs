using System.Collections;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The filters of a rule set, compiled for one link layer, by the rules' 0-based indexes: a program for each filter rule that libpcap
/// accepts. Immutable.
/// </summary>
internal sealed class FilterSet : IReadOnlyList<CbpfProgram?>
{
    private readonly IReadOnlyDictionary<int, int> _numbers;
    private readonly CbpfProgram?[] _programs;
    private readonly string?[] _rejections;

    /// <param name="rules">Rules of the set.</param>
    /// <param name="numbers">For the index of each filter rule its number in the other two.</param>
    /// <param name="programs">Null for those that libpcap rejects.</param>
    /// <param name="rejections">libpcap's error messages for them.</param>
    public FilterSet(int rules, IReadOnlyDictionary<int, int> numbers, CbpfProgram?[] programs, string?[] rejections) =>
        (Count, _numbers, _programs, _rejections) = (rules, numbers, programs, rejections);

    /// <summary>The set for a link type that libpcap does not know: none of the filters has a program.</summary>
    /// <param name="refusal">libpcap's message.</param>
    public FilterSet(int rules, IReadOnlyDictionary<int, int> numbers, string refusal)
        : this(rules, numbers, [], []) => Refusal = refusal;

    /// <summary>libpcap's message, if it does not know the link type at all; otherwise null.</summary>
    public string? Refusal { get; }

    public int Count { get; }

    /// <summary>Indexes of the filters that libpcap rejects, in order, each with libpcap's message.</summary>
    public IEnumerable<(int Place, string Words)> Rejections =>
        from filter in _numbers
        let words = Refusal ?? _rejections[filter.Value]
        where words is not null
        orderby filter.Key
        select (filter.Key, words);

    public CbpfProgram? this[int index] =>
        _numbers.TryGetValue(index, out var number) && number < _programs.Length ? _programs[number] : null;

    /// <summary>libpcap's error message for a filter; null where there is none.</summary>
    public string? RejectionOf(int place) => _numbers.TryGetValue(place, out var number) ? Refusal ?? _rejections[number] : null;

    public static FilterSet Compile(IReadOnlyList<MarkRule> rules, LinkLayer link) => new RuleFilters(rules).For(link);

    /// <summary>Whether every filter has the very same program; for sets of one <see cref="RuleFilters"/>.</summary>
    public bool HasProgramsOf(FilterSet other) =>
        HasNone || other.HasNone ? HasNone == other.HasNone : _programs.Zip(other._programs).All(p => ReferenceEquals(p.First, p.Second));

    private bool HasNone => Array.TrueForAll(_programs, p => p is null);

    public IEnumerator<CbpfProgram?> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
