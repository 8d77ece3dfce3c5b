using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Il;

namespace Pipeline.Nic.Rules;

/// <summary>A compiled rule set.</summary>
[DebuggerDisplay("generation {Generation}: {Rules.Rules.Count} rules, {Guards.Count} guards, {_programs.Count} link layers")]
public sealed class MarkTable : MarkedBy
{
    /// <summary>
    /// The most rules of one set that are compiled. Compiling that many takes seconds. The rest are interpreted, so that a huge set is
    /// ready in bounded time. Fewer are compiled where rules read at tens of thousands of different places.
    /// </summary>
    public const int MostCompiledRules = 1 << 20;

    private readonly ConcurrentDictionary<LinkLayer, MarkProgram> _programs = new();
    private readonly Lock _compiling = new();
    private readonly MarkEngine _engine;
    private readonly MarkCompiler _compiler;
    private MarkProgram? _latest;
    private BehindDevice? _behindDevice;

    private MarkTable(RuleSet rules, IReadOnlyList<Guard> guards, MarkEngine engine)
    {
        Rules = rules;
        Guards = guards;
        _engine = engine;
        _compiler = new MarkCompiler(rules.Rules, guards, engine == MarkEngine.Compiled ? MostCompiledRules : 0);
    }

    /// <param name="Rules">How many the device tries.</param>
    /// <param name="Table">The rules after them.</param>
    private sealed record BehindDevice(int Rules, MarkTable Table);

    /// <summary>The rules that were compiled, in the order they are tried. A packet's 1-based rule number is an index into it.</summary>
    public RuleSet Rules { get; }

    /// <inheritdoc/>
    public override int Generation => Rules.Generation;

    /// <summary>The keep-out guards before the rules, in the order they are tried, without those that the rules lift.</summary>
    public IReadOnlyList<Guard> Guards { get; }

    /// <summary>
    /// A device's counts of the packets that it passes by itself while it runs these rules; null where no device passes any. It must be set
    /// before the table is put in force.
    /// </summary>
    public IPassedCounts? PassedByDevice { get; set; }

    /// <summary>The link layers it has been compiled for so far. Any thread.</summary>
    public IReadOnlyCollection<LinkLayer> Links => [.. _programs.Keys];

    /// <summary>
    /// How often all rules together were compiled to machine code: at most a few times, however many link types there are.
    /// </summary>
    internal int Compilations => _compiler.Compilations;

    /// <summary>How often libpcap was asked to compile a filter.</summary>
    internal int FilterCompilations => _compiler.FilterCompilations;

    /// <summary>Takes the rules. They are compiled for a link layer when it is first seen (<see cref="Prepare"/>).</summary>
    public static MarkTable Compile(RuleSet rules, MarkEngine engine = MarkEngine.Compiled) => Compile(rules, [], engine);

    /// <inheritdoc cref="Compile(RuleSet, MarkEngine)"/>
    /// <param name="guards">Guards that are tried before the rules, unless the rules lift them.</param>
    public static MarkTable Compile(RuleSet rules, IReadOnlyList<Guard> guards, MarkEngine engine = MarkEngine.Compiled) =>
        new(rules, KeepOutGuards.InForce(guards, rules), engine);

    /// <summary>Counters at 0, for one thread to count with.</summary>
    public RuleCounters NewCounters() => new(Rules.Rules.Count, Guards.Count);

    /// <summary>Whether it has been compiled for a link layer. Any thread.</summary>
    public bool IsPreparedFor(LinkLayer link) => _programs.ContainsKey(link);

    /// <summary>Compiles the rules for a link layer; may be called again and from any thread.</summary>
    /// <returns>
    /// A warning for each filter that libpcap rejects for it. If libpcap does not know the link type, one warning for all of them.
    /// </returns>
    public IReadOnlyList<Diagnostic> Prepare(LinkLayer link)
    {
        if (Volatile.Read(ref _behindDevice) is { } behind && behind.Table != this) behind.Table.Prepare(link);
        var filters = ProgramFor(link).Filters;
        var rejections = filters.Rejections.ToList();
        if (filters.Refusal is { } words && rejections.Count > 1)
            return [WarningOfAll(link, (FilterRule)Rules.Rules[rejections[0].Place], words)];
        return [.. rejections.Select(r => Warning(link, (FilterRule)Rules.Rules[r.Place], r.Words))];
    }

    /// <summary>Errors for the filters that libpcap rejected for every link type prepared so far, with its messages.</summary>
    /// <returns>At most <see cref="RuleParser.MostDiagnostics"/>, the last of which stands for all that are left.</returns>
    public IReadOnlyList<Diagnostic> RejectedEverywhere() => RejectedEverywhere(RuleParser.MostDiagnostics);

    /// <param name="most">The most errors, at least 1.</param>
    internal IReadOnlyList<Diagnostic> RejectedEverywhere(int most)
    {
        var all = InOrder().Select(p => p.Filters).ToList();
        // A link type that libpcap does not know rejects all of them.
        var known = all.FindAll(f => f.Refusal is null);
        if ((known.Count > 0 ? known : all) is not [var first, ..]) return [];
        var everywhere = first.Rejections.Where(r => known.TrueForAll(f => f.RejectionOf(r.Place) is not null)).ToList();
        var errors = everywhere.Take(most).Select(r => Error((FilterRule)Rules.Rules[r.Place], r.Words)).ToList();
        var left = everywhere.Count - errors.Count;
        if (left == 0) return errors;
        errors[^1] = errors[^1] with { Message = $"{errors[^1].Message}; and {left} more rules have filters that are refused" };
        return errors;
    }

    /// <summary>
    /// Says that a device runs the first <paramref name="rules"/> rules of this generation, and prepares to continue after them. Call it
    /// before the device's bundles come. Bundles that come earlier are classified from scratch.
    /// </summary>
    /// <param name="isGuarded">Whether the device keeps out what the guards match, so that no such packet reaches software.</param>
    public void GoOnBehind(int rules, bool isGuarded = false)
    {
        var isWhole = rules == Rules.Rules.Count;
        var behind = isWhole && (Guards.Count == 0 || !isGuarded) ? this : Behind(rules, isWhole, isGuarded);
        if (behind != this) foreach (var link in _programs.Keys) behind.Prepare(link);
        Volatile.Write(ref _behindDevice, new BehindDevice(rules, behind));
    }

    /// <summary>
    /// The rules for what a device has not finished with. Of a set that it runs whole, that is packets that several rules matched: all
    /// rules are tried on them again. Of a part, rules that never match replace the device's, so all others keep their numbers and
    /// counters.
    /// </summary>
    private MarkTable Behind(int rules, bool isWhole, bool isGuarded)
    {
        var set = isWhole ? Rules : Rules with { Rules = [.. Rules.Rules.Select((rule, i) => i < rules ? Unmatchable(rule) : rule)] };
        var guards = isGuarded ? [.. Guards.Select(g => g with { Conditions = [] })] : Guards;

        // Where no two rules match one packet, only marks that the device wrote are counted, and nothing has to be compiled for that.
        var engine = isWhole && !Rules.Rules.Any(r => r.Continue) ? MarkEngine.Interpreter : _engine;
        return new MarkTable(set, guards, engine);
    }

    /// <summary>
    /// Writes mark, rule and flags on every packet of a bundle and counts the hits; packets that the device marked by these very rules
    /// keep its mark, unless a guard keeps them out. One thread per set of counters. Allocates nothing, unless the bundle's link type was
    /// not prepared.
    /// </summary>
    public void Classify(PageBundle bundle, RuleCounters counters)
    {
        // Compiled rules count without checking the length of the counters again.
        if (counters.Rules != Rules.Rules.Count || counters.Guards != Guards.Count)
            throw new ArgumentException("The counters are for other rules.", nameof(counters));
        TableFor(bundle).ProgramFor(bundle.Interface.Link).Run(bundle, counters);
        bundle.MarkedBy = this;
    }

    /// <summary>All the rules a packet matches, 1-based, in order; for those flagged <see cref="PacketFlags.SeveralRules"/>.</summary>
    /// <param name="bytes">The packet's captured bytes.</param>
    /// <returns>How many were written into <paramref name="rules"/>. Those beyond its length are left out.</returns>
    public int MatchesOf(NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes, Span<int> rules)
    {
        var interpreter = InterpreterFor(nicInterface.Link);
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

    /// <summary>Whether a rule is among those that a packet of a bundle matched by this table. Allocates nothing.</summary>
    /// <param name="bundle">The packet's, which the caller holds.</param>
    /// <param name="packet">One of its packets.</param>
    /// <param name="rule">1-based.</param>
    public bool Matched(PageBundle bundle, in Packet packet, int rule)
    {
        if (packet.Rule == rule) return true;
        if (!packet.Has(PacketFlags.SeveralRules) || rule > packet.Rule) return false;
        var located = LocatedPacket.Locate(bundle.Interface.LinkType, bundle.BytesOf(packet), packet.WireLength);
        return InterpreterFor(bundle.Interface.Link).Matches(rule - 1, located);
    }

    /// <summary>The compiled program, for people: the rules in order, and their code for each link type prepared.</summary>
    public string Describe() => MarkTableListing.Of(Rules, Guards, [.. InOrder()]);

    internal InterpretedRules InterpreterFor(LinkLayer link) => ProgramFor(link).Interpreter;

    internal MarkProgram ProgramFor(LinkLayer link)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest?.Link == link) return latest;
        if (!_programs.TryGetValue(link, out var program)) program = Compile(link);
        Volatile.Write(ref _latest, program);
        return program;
    }

    /// <summary>
    /// This table, or the one that continues after the rules that the device has tried. Marks by other rules are removed.
    /// </summary>
    private MarkTable TableFor(PageBundle bundle)
    {
        if (bundle.MarkedBy is not MarkedByDevice device) return this;
        var behind = Volatile.Read(ref _behindDevice);
        if (device.Rules == behind?.Rules && device.Generation == Rules.Generation) return behind.Table;
        foreach (ref var packet in bundle.Packets) packet.Flags &= ~PacketFlags.MarkedByDevice;
        return this;
    }

    private static TermRule Unmatchable(MarkRule rule) =>
        new(rule.Name, [new Term(new FieldAddress(FieldBase.L2, [], 0), 1, 0, 1)], rule.Mark, rule.MarkMask, rule.Continue, rule.Span);

    private MarkProgram Compile(LinkLayer link)
    {
        lock (_compiling) return _programs.TryGetValue(link, out var program) ? program : _programs[link] = _compiler.For(link);
    }

    private IEnumerable<MarkProgram> InOrder() => _programs.Values.OrderBy(p => p.Link.Type).ThenBy(p => p.Link.IsSwapped);

    private Diagnostic Warning(LinkLayer link, FilterRule rule, string words) => Diagnostic.Warning(
        Rules.Source, rule.ExpressionSpan, $"rule '{rule.Name}' never matches packets of link type {LinkTypeName.Of(link.Type)}: {words}");

    private Diagnostic WarningOfAll(LinkLayer link, FilterRule first, string words) => Diagnostic.Warning(
        Rules.Source, first.ExpressionSpan, $"no filter ever matches packets of link type {LinkTypeName.Of(link.Type)}: {words}");

    private Diagnostic Error(FilterRule rule, string words) =>
        Diagnostic.Error(Rules.Source, rule.ExpressionSpan, $"rule '{rule.Name}': {words}");
}
