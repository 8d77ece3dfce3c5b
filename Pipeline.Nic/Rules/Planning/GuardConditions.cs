using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The conditions of all guards in one list. In compiled rules they come first: rule 0 has the place <see cref="Count"/>.
/// </summary>
internal sealed class GuardConditions
{
    public static readonly GuardConditions None = new([]);

    private readonly List<TermRule> _conditions = [];
    private readonly List<int> _guards = [];

    public GuardConditions(IReadOnlyList<Guard> guards)
    {
        for (var i = 0; i < guards.Count; i++)
        {
            _conditions.AddRange(guards[i].Conditions);
            _guards.AddRange(Enumerable.Repeat(i, guards[i].Conditions.Count));
        }
    }

    public IReadOnlyList<TermRule> All => _conditions;

    public int Count => _conditions.Count;

    public TermRule this[int place] => _conditions[place];

    /// <summary>For each condition the 0-based index of its guard.</summary>
    public IReadOnlyList<int> Guards => _guards;

    /// <summary>Names the item at a place, for people: a guard's name or a rule's 1-based number.</summary>
    public string Shown(int place) => place < Count ? _conditions[place].Name : $"{place - Count + 1}";
}
