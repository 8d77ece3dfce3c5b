using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>A rule set ready to run on packets of one link type. Immutable.</summary>
internal sealed record MarkProgram
{
    private readonly RuleChunk[] _chunks;
    private readonly (uint Value, uint Mask)[] _marks;
    private readonly bool _usesHeaders;

    private unsafe MarkProgram(IReadOnlyList<MarkRule> rules, LinkType linkType, FilterSet filters, int compiled)
    {
        LinkType = linkType;
        Filters = filters;
        Interpreter = new InterpretedRules(rules, filters.Programs);
        var chunks = RuleCompiler.Compile(rules, compiled, filters.Programs, out var ilBytes);
        if (compiled < rules.Count) chunks.Add(new InterpretedRules(rules, filters.Programs, compiled).Try);
        IlBytes = ilBytes;
        _chunks = [.. chunks];
        _marks = [.. rules.Select(r => (r.Mark, r.MarkMask))];
        _usesHeaders = rules.Any(RuleCompiler.UsesHeaders);
    }

    public LinkType LinkType { get; private init; }

    public FilterSet Filters { get; }

    /// <summary>The same rules, interpreted.</summary>
    public InterpretedRules Interpreter { get; }

    /// <summary>Methods the rules are spread over.</summary>
    public int Chunks => _chunks.Length;

    /// <summary>Bytes of IL they were compiled from.</summary>
    public int IlBytes { get; }

    /// <param name="mostCompiled">How many of the rules are compiled; those behind them are interpreted.</param>
    public static MarkProgram Compile(IReadOnlyList<MarkRule> rules, LinkType linkType, int mostCompiled) =>
        new(rules, linkType, FilterSet.Compile(rules, linkType), Math.Min(rules.Count, mostCompiled));

    /// <summary>The same rules for another link type, where no filter makes a difference.</summary>
    public MarkProgram For(LinkType linkType) => this with { LinkType = linkType };

    /// <summary>Marks a bundle's packets and counts the matches. Allocates nothing.</summary>
    public void Run(PageBundle bundle, RuleCounters counters)
    {
        var pool = bundle.Pool;
        foreach (ref var packet in bundle.Packets)
        {
            if (packet.Has(PacketFlags.MarkedByDevice)) counters.Count(packet.Rule, packet.CapturedLength);
            else Run(ref packet, pool.Bytes(packet), counters);
        }
    }

    private void Run(ref Packet packet, ReadOnlySpan<byte> bytes, RuleCounters counters)
    {
        var state = new MarkState { L3 = -1, L4 = -1 };
        if (_usesHeaders) LocatedPacket.Locate(LinkType, bytes, out state.L3, out state.L4);
        Try(ref state, bytes, packet.WireLength, ref counters.First);
        packet.Mark = state.Mark;
        packet.Rule = state.Rule;
        packet.Flags = state.Matched > 1 ? packet.Flags | PacketFlags.SeveralRules : packet.Flags & ~PacketFlags.SeveralRules;
        if (state.Rule == 0) counters.Count(0, bytes.Length);
    }

    private unsafe void Try(ref MarkState state, ReadOnlySpan<byte> bytes, uint wireLength, ref long counts)
    {
        fixed (byte* first = bytes)
        {
            foreach (var chunk in _chunks)
            {
                var rule = chunk(ref state, first, bytes.Length, wireLength, ref counts);
                if (rule == 0) continue;
                var (value, mask) = _marks[rule - 1];
                MarkState.Record(ref state, ref counts, bytes.Length, rule, value, mask);
                return;
            }
        }
    }
}
