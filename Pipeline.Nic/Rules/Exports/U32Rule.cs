using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>
/// A rule's terms in u32's view of untagged Ethernet: words from the network header on, in levels that are one step apart. The Ethernet
/// header is at negative offsets.
/// </summary>
internal sealed class U32Rule
{
    private const int EthernetBytes = 14;

    /// <summary>No packet is longer (a GSO packet's limit, GSO_MAX_SIZE of linux/netdevice.h).</summary>
    private const int LongestPacket = 8 * 65535;

    /// <summary>The most links that u32 follows (TC_U32_MAXDEPTH, linux/pkt_cls.h).</summary>
    private const int MostSteps = 8;

    private static readonly AddressStep HeaderLength = new(0, 1, 0x0f, 2);
    private static readonly (byte Mask, byte Value)[] FiveOrMore = [(0x0f, 5), (0x0e, 6), (0x08, 8)];

    private readonly List<AddressStep> _steps = [];

    private U32Rule(TermRule rule)
    {
        foreach (var term in rule.Terms.Where(t => t.Address.Base != FieldBase.L4))
            Add(term.Address.Base == FieldBase.L3 ? 0 : EthernetBytes, [], term);
        if (rule.Terms.Any(t => t.Address.Base == FieldBase.L4)) AddTransport([.. rule.Terms.Where(t => t.Address.Base == FieldBase.L4)]);
        Steps = [.. _steps.Select(U32Step.Of)];
        for (var i = 0; i < _steps.Count; i++) Levels[i].Need(_steps[i].Offset, _steps[i].Width);
        if (Starts.Count == 0) Starts = [Levels[0]];
    }

    /// <summary>The steps from each level to the next.</summary>
    public IReadOnlyList<U32Step> Steps { get; }

    /// <summary>The levels. There is one more than there are steps.</summary>
    public List<U32Level> Levels { get; } = [new U32Level()];

    /// <summary>Filters that replace the first level. One of them must match.</summary>
    public IReadOnlyList<U32Level> Starts { get; private set; } = [];

    /// <summary>Says where a packet can be long enough for the rule and too short for u32, which reads whole words; or null.</summary>
    public string? Difference =>
        Levels.Skip(1).Any(l => l.WordEnd > l.End) ? "u32 reads whole words of 4 bytes: packets that end within the last one do not match"
        : Levels[0].WordEnd <= Levels[0].End || IsWithinHeader ? null
        : $"u32 reads whole words of 4 bytes: packets of {Levels[0].End + EthernetBytes} to {Levels[0].WordEnd + EthernetBytes - 1} bytes "
            + "do not match";

    /// <summary>A read after an IPv4 header first needs the whole header.</summary>
    private bool IsWithinHeader => Steps.Count > 0 && Starts[0] != Levels[0] && Levels[0].WordEnd <= IPv4Header.MinSize;

    /// <summary>Whether this step alone leads to the second level, which is the last.</summary>
    public bool IsBehind(AddressStep step) => _steps.Count == 1 && _steps[0] == step;

    /// <exception cref="NotExpressibleException">u32 cannot express it.</exception>
    /// <exception cref="NeverMatchesException">It matches no packet.</exception>
    public static U32Rule Of(TermRule rule) => new(rule);

    private void Add(int origin, AddressStep[] before, Term term)
    {
        // A step whose mask is 0 moves nothing, but its bytes must still be there.
        var level = Descend(before);
        var moved = before.ToList();
        foreach (var step in term.Address.Steps.Select(s => s with { Offset = Within(s.Offset, s.Width) - origin }))
        {
            if (step.Mask == 0) level.Need(step.Offset, step.Width);
            else
            {
                moved.Add(step);
                level = Descend(moved);
            }
        }

        level.Compare(Within(term.Address.Offset, term.Width) - origin, term.Width, term.Mask, term.Value);
    }

    private static int Within(int offset, int width) => offset + (long)width > LongestPacket ? throw new NeverMatchesException() : offset;

    private U32Level Descend(IReadOnlyList<AddressStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (i == MostSteps) throw new NotExpressibleException($"it has more than {MostSteps} steps");
            if (i == _steps.Count)
            {
                _steps.Add(steps[i]);
                Levels.Add(new U32Level());
            }
            else if (_steps[i] != steps[i])
                throw new NotExpressibleException("its terms move the base in different ways, which u32 cannot do at once");
        }

        return Levels[steps.Count];
    }

    private void AddTransport(IReadOnlyList<Term> terms)
    {
        var version = VersionOf(Levels[0]);
        Levels[0].Compare(-2, 2, 0xffff, version == 4 ? EtherType.IPv4 : EtherType.IPv6);
        Levels[0].Compare(0, 1, 0xf0, (ulong)version << 4);
        if (version == 6)
        {
            CheckNextHeader();
            foreach (var term in terms) Add(-IPv6Header.Size, [], term);
            return;
        }

        Levels[0].Compare(6, 2, 0x1fff, 0);
        foreach (var term in terms) Add(0, [HeaderLength], term);
        Starts = [.. FiveOrMore.Select(WithHeaderLength).OfType<U32Level>()];
        if (Starts.Count == 0) throw new NeverMatchesException();
    }

    private U32Level? WithHeaderLength((byte Mask, byte Value) words)
    {
        var start = Levels[0].Copy();
        try
        {
            start.Compare(0, 1, words.Mask, words.Value);
            return start;
        }
        catch (NeverMatchesException)
        {
            return null;
        }
    }

    private static int VersionOf(U32Level start)
    {
        var (high, low, ip) = (start.ByteAt(-2), start.ByteAt(-1), start.ByteAt(0));
        if (high.Mask == 0xff && low.Mask == 0xff)
        {
            return ((high.Value << 8) | low.Value) switch
            {
                EtherType.IPv4 => 4, EtherType.IPv6 => 6, _ => throw new NeverMatchesException(),
            };
        }

        if ((ip.Mask & 0xf0) == 0xf0) return (ip.Value >> 4) switch { 4 => 4, 6 => 6, _ => throw new NeverMatchesException() };
        throw new NotExpressibleException("with l4 a term has to say which IP it is, such as l3+0:f0:40");
    }

    /// <summary>u32 cannot search for the end of extension headers. It need not where there are none.</summary>
    private void CheckNextHeader()
    {
        var next = Levels[0].ByteAt(6);
        if (next.Mask != 0xff) throw new NotExpressibleException("behind IPv6, l4 needs a term for the next header, such as l3+6:ff:11");
        if (next.Value == IpProtocol.NoNextHeader) throw new NeverMatchesException();
        if (next.Value is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment
            or IpProtocol.DestinationOptions or IpProtocol.AuthenticationHeader)
            throw new NotExpressibleException("u32 cannot follow extension headers of IPv6");
    }
}
