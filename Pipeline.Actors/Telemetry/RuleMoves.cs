using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Finds the rules of one set in another, by their names. It remembers the last answer, because a change of rules is asked about once for
/// each view of the second after it. One thread at a time.
/// </summary>
internal sealed class RuleMoves
{
    private IReadOnlyList<MarkRule> _from = [];
    private IReadOnlyList<MarkRule> _to = [];
    private int[] _places = [];

    /// <returns>For each rule of the second set its place in the first; -1 if it is not there.</returns>
    public IReadOnlyList<int> Between(IReadOnlyList<MarkRule> from, IReadOnlyList<MarkRule> to)
    {
        if (ReferenceEquals(from, _from) && ReferenceEquals(to, _to)) return _places;
        var named = new Dictionary<string, int>(from.Count);
        for (var i = 0; i < from.Count; i++) named.TryAdd(from[i].Name, i);
        var places = new int[to.Count];
        for (var i = 0; i < places.Length; i++) places[i] = named.GetValueOrDefault(to[i].Name, -1);
        (_from, _to, _places) = (from, to, places);
        return places;
    }

    /// <summary>Forgets the last answer and its sets.</summary>
    public void Forget() => (_from, _to, _places) = ([], [], []);
}
