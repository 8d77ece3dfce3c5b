using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// Tells a handler about itself, and holds its counters. There is one per instance. It and its counters outlive a handler that fails.
/// </summary>
/// <param name="group">The consumer's name in the configuration.</param>
/// <param name="instance">Which of the group's instances, from 0.</param>
/// <param name="instances">How many there are.</param>
/// <param name="options">The handler's options; null for none.</param>
[DebuggerDisplay("{Group}, instance {Instance} of {Instances}, {_counters.Count} counters")]
public sealed class HandlerContext(string group, int instance = 0, int instances = 1, HandlerOptions? options = null)
{
    /// <summary>Counters become labels of metrics: names made from packet contents would make endlessly many.</summary>
    public const int MostCounters = 1024;

    private const int LongestName = 64;

    private readonly ConcurrentDictionary<string, HandlerCounter> _counters = [];

    /// <summary>
    /// The consumer's name in the configuration; all of its instances have it. It is the label that reports show the counters under.
    /// </summary>
    public string Group => group;

    /// <summary>Which of the group's instances this is, from 0. Files that each instance writes need it in their names.</summary>
    public int Instance => instance;

    /// <summary>How many instances the group had when this one was made. It does not change when the group is scaled later.</summary>
    public int Instances => instances;

    /// <summary>
    /// The options that the configuration gives in <c>options { }</c>; <see cref="HandlerOptions.None"/> where it says nothing. Never null.
    /// </summary>
    public HandlerOptions Options { get; } = options ?? HandlerOptions.None;

    /// <summary>All counters made so far. Any thread.</summary>
    public IEnumerable<HandlerCounter> Counters => _counters.Values;

    /// <summary>
    /// The counter of that name, made when it is first asked for. Reports add up the counters of one name over all instances.
    /// Any thread, but do not call it for every packet: keep the counter it returns.
    /// </summary>
    /// <param name="name">1 to 64 of a-z, 0-9 and hyphens, beginning with a letter.</param>
    /// <exception cref="ArgumentException">The name is not valid for a counter.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MostCounters"/> others already.</exception>
    public HandlerCounter Counter(string name)
    {
        if (_counters.TryGetValue(name, out var counter)) return counter;
        if (!IsName(name))
            throw new ArgumentException(
                $"'{name}' cannot be a counter's name; expected 1 to {LongestName} of a-z 0-9 and -, a letter first", nameof(name));
        lock (_counters)
        {
            if (_counters.Count >= MostCounters && !_counters.ContainsKey(name))
                throw new InvalidOperationException($"{group} has {MostCounters} counters already, and asks for '{name}' too");
            return _counters.GetOrAdd(name, n => new HandlerCounter(n));
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
