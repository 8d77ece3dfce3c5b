using System.Collections.Concurrent;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Compiled;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules;

/// <summary>A compiled rule set.</summary>
public sealed class MarkTable
{
    /// <summary>
    /// Rules of one set that are compiled, which takes seconds for so many; the rest are interpreted, so that a huge set is ready in
    /// bounded time. Fewer are where rules look at tens of thousands of different places.
    /// </summary>
    public const int MostCompiledRules = 1 << 20;

    private readonly ConcurrentDictionary<LinkType, MarkProgram> _programs = new();
    private readonly Lock _compiling = new();
    private readonly MarkEngine _engine;
    private readonly bool _hasFilters;
    private MarkProgram? _latest;
    private BehindDevice? _behindDevice;

    private MarkTable(RuleSet rules, IReadOnlyList<Guard> guards, MarkEngine engine)
    {
        Rules = rules;
        Guards = guards;
        _engine = engine;
        _hasFilters = rules.Rules.Any(r => r is FilterRule);
    }

    /// <param name="Rules">How many the device tries.</param>
    /// <param name="Table">The rules behind them.</param>
    private sealed record BehindDevice(int Rules, MarkTable Table);

    public RuleSet Rules { get; }

    /// <summary>The keep-out guards in front of the rules, in the order they are tried, without those that the rules lift.</summary>
    public IReadOnlyList<Guard> Guards { get; }

    /// <summary>What it has been compiled for so far. Any thread.</summary>
    public IReadOnlyCollection<LinkType> LinkTypes => [.. _programs.Keys];

    /// <summary>Takes the rules. They are compiled for a link type when it is first seen (<see cref="Prepare"/>).</summary>
    public static MarkTable Compile(RuleSet rules, MarkEngine engine = MarkEngine.Compiled) => Compile(rules, [], engine);

    /// <inheritdoc cref="Compile(RuleSet, MarkEngine)"/>
    /// <param name="guards">Guards that stand in front of the rules unless these lift them.</param>
    public static MarkTable Compile(RuleSet rules, IReadOnlyList<Guard> guards, MarkEngine engine = MarkEngine.Compiled) =>
        new(rules, KeepOutGuards.InForce(guards, rules), engine);

    /// <summary>Counters at 0, for one thread to count with.</summary>
    public RuleCounters NewCounters() => new(Rules.Rules.Count, Guards.Count);

    /// <summary>Compiles the rules for a link type; may be called again and from any thread.</summary>
    /// <returns>A warning for each filter that libpcap rejects for this link type.</returns>
    public IReadOnlyList<Diagnostic> Prepare(LinkType linkType)
    {
        Volatile.Read(ref _behindDevice)?.Table.Prepare(linkType);
        var rejections = ProgramFor(linkType).Filters.Rejections;
        return [.. rejections.OrderBy(r => r.Key).Select(r => Warning(linkType, (FilterRule)Rules.Rules[r.Key], r.Value))];
    }

    /// <summary>Errors for the filters that libpcap rejected for every link type prepared so far, with its words.</summary>
    public IReadOnlyList<Diagnostic> RejectedEverywhere()
    {
        if (!_hasFilters) return [];
        var rejections = _programs.Values.OrderBy(p => p.LinkType).Select(p => p.Filters.Rejections).ToList();
        if (rejections.Count == 0) return [];
        var everywhere = rejections[0].Where(first => rejections.All(r => r.ContainsKey(first.Key))).OrderBy(r => r.Key);
        return [.. everywhere.Select(r => Error((FilterRule)Rules.Rules[r.Key], r.Value))];
    }

    /// <summary>
    /// Says that a device runs the first <paramref name="rules"/> rules of this generation, and makes ready to go on behind them. Before
    /// its bundles come; those that come earlier are classified from scratch.
    /// </summary>
    public void GoOnBehind(int rules)
    {
        // With rules in the device's place that never match, all others keep their numbers and counters.
        var behind = new MarkTable(Rules with { Rules = [.. Rules.Rules.Select((rule, i) => i < rules ? Unmatchable(rule) : rule)] }, Guards, _engine);
        foreach (var linkType in _programs.Keys) behind.Prepare(linkType);
        Volatile.Write(ref _behindDevice, new BehindDevice(rules, behind));
    }

    /// <summary>
    /// Writes mark, rule and flags on every packet of a bundle and counts the hits; packets that the device marked by these very rules
    /// keep its mark, unless a guard keeps them out. For one thread per counters. Allocates nothing, unless the bundle's link type was not prepared.
    /// </summary>
    public void Classify(PageBundle bundle, RuleCounters counters)
    {
        // Compiled rules count without looking at the length of the counters again.
        if (counters.Rules != Rules.Rules.Count || counters.Guards != Guards.Count) throw new ArgumentException("The counters are for other rules.", nameof(counters));
        TableFor(bundle).ProgramFor(bundle.Interface.LinkType).Run(bundle, counters);
        bundle.Generation = Rules.Generation;
        bundle.Rules = this;
        bundle.DeviceRules = 0;
    }

    /// <summary>All the rules a packet matches, 1-based, in order; for those flagged <see cref="PacketFlags.SeveralRules"/>.</summary>
    /// <param name="bytes">The packet's captured bytes.</param>
    /// <returns>How many were written into <paramref name="rules"/>; those beyond its length are left out.</returns>
    public int MatchesOf(NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes, Span<int> rules)
    {
        var interpreter = InterpreterFor(nicInterface.LinkType);
        var located = LocatedPacket.Locate(nicInterface.LinkType, bytes, packet.WireLength);
        var found = 0;
        for (var i = 0; i < Rules.Rules.Count && found < rules.Length; i++)
        {
            if (!interpreter.Matches(i, located)) continue;
            rules[found++] = i + 1;
            if (!Rules.Rules[i].Continue) break;
        }

        return found;
    }

    /// <summary>The compiled program, for people: the rules in order, and for each link type prepared what they were compiled to.</summary>
    public string Describe() => MarkTableListing.Of(Rules, Guards, [.. _programs.Values.OrderBy(p => p.LinkType)]);

    internal InterpretedRules InterpreterFor(LinkType linkType) => ProgramFor(linkType).Interpreter;

    internal MarkProgram ProgramFor(LinkType linkType)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest?.LinkType == linkType) return latest;
        if (!_programs.TryGetValue(linkType, out var program)) program = Compile(linkType);
        Volatile.Write(ref _latest, program);
        return program;
    }

    /// <summary>This one, or what goes on behind the rules that the device has tried; marks by other rules are taken back.</summary>
    private MarkTable TableFor(PageBundle bundle)
    {
        if (bundle.DeviceRules == 0) return this;
        var behind = Volatile.Read(ref _behindDevice);
        if (bundle.DeviceRules == behind?.Rules && bundle.Generation == Rules.Generation) return behind.Table;
        foreach (ref var packet in bundle.Packets) packet.Flags &= ~PacketFlags.MarkedByDevice;
        return this;
    }

    private static TermRule Unmatchable(MarkRule rule) =>
        new(rule.Name, [new Term(new FieldAddress(FieldBase.L2, [], 0), 1, 0, 1)], rule.Mark, rule.MarkMask, rule.Continue, rule.Span);

    private MarkProgram Compile(LinkType linkType)
    {
        lock (_compiling)
        {
            if (_programs.TryGetValue(linkType, out var program)) return program;
            var other = _hasFilters || Guards.Count > 0 ? null : _programs.Values.FirstOrDefault();
            var mostCompiled = _engine == MarkEngine.Compiled ? MostCompiledRules : 0;
            return _programs[linkType] = other?.For(linkType) ?? MarkProgram.Compile(Rules.Rules, Guards, linkType, mostCompiled);
        }
    }

    private Diagnostic Warning(LinkType linkType, FilterRule rule, string words)
    {
        var message = $"rule '{rule.Name}' never matches packets of link type {LinkTypeName.Of(linkType)}: {words}";
        return Diagnostic.Warning(Rules.Source, rule.ExpressionSpan, message);
    }

    private Diagnostic Error(FilterRule rule, string words) =>
        Diagnostic.Error(Rules.Source, rule.ExpressionSpan, $"rule '{rule.Name}': {words}");
}
