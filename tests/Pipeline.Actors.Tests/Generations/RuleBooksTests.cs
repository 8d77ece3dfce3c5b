using CsCheck;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

public sealed class RuleBooksTests : IDisposable
{
    private const string Dns = "rule dns match 0:ff:35 mark 1\n";
    private const string Web = "rule web match 0:ff:50 mark 2\n";

    private readonly PacketSource _source = PacketSource.OneToAPage();
    private static readonly RouterPlan Plan = new(new RouteTable([]), []);
    private ActiveRules[] _routers = [];
    private RuleBooks? _books;
    private int _generation;

    public void Dispose() => _source.Dispose();

    [Fact]
    public void A_rule_that_is_kept_counts_on_wherever_it_stands_now()
    {
        Turn(Dns + Web);
        Packets(0, 0x35, 0x50, 0x50);

        Turn(Web + Dns);
        Packets(0, 0x35);

        Assert.Equal("web 2, dns 2, unmatched 0, earlier 0", Told());
    }

    [Fact]
    public void A_rule_that_means_something_else_starts_from_nothing()
    {
        Turn(Dns);
        Packets(0, 0x35, 0x35);

        Turn("rule dns match 0:ff:35 mark 7\n");
        Packets(0, 0x35);

        Assert.Equal("dns 1, unmatched 0, earlier 2", Told());
    }

    [Fact]
    public void A_rule_that_comes_back_goes_on_from_where_it_was()
    {
        Turn(Dns);
        Packets(0, 0x35, 0x35, 1);
        Turn(Web);
        Packets(0, 0x35, 0x50);

        Turn(Dns);
        Packets(0, 0x35);

        Assert.Equal("dns 3, unmatched 2, earlier 1", Told());
    }

    [Fact]
    public void A_guard_that_is_lifted_and_put_back_goes_on_from_where_it_was()
    {
        Guard[] guards = [new("odd", [(TermRule)RuleTexts.Set("rule odd match 0:01:01 mark 0").Rules[0]])];
        Turn(Dns, guards: guards);
        Packets(0, 0x35, 1, 2);
        Assert.Equal([new GuardView("odd", new PacketTally(2, 2))], _books!.Read().Guards);
        Turn(Dns);
        Packets(0, 0x35);
        Assert.Equal("dns 1, unmatched 1, earlier 2", Told());

        Turn(Dns, guards: guards);
        Packets(0, 0x35, 1, 1);

        Assert.Equal([new GuardView("odd", new PacketTally(5, 5))], _books.Read().Guards);
        Assert.Equal("dns 1, unmatched 1, earlier 0", Told());
    }

    [Fact]
    public void Counts_that_a_router_still_writes_to_an_earlier_generation_are_seen()
    {
        Turn(Dns, routers: 2);
        var slow = _routers[1];
        Turn(Web + Dns, routers: 2, stillOpen: slow);

        Classify(slow, 0x35, 0x50, 1);

        Assert.Equal("web 0, dns 1, unmatched 2, earlier 0", Told());
    }

    [Fact]
    public void Counts_that_were_late_are_kept_when_their_router_has_moved_on()
    {
        Turn(Dns, routers: 2);
        var slow = _routers[1];
        Turn(Web, routers: 2, stillOpen: slow);
        Classify(slow, 0x35, 1);

        Turn(Dns, routers: 2);

        Assert.Equal("dns 1, unmatched 1, earlier 0", Told());
    }

    [Fact]
    public void Earlier_rules_are_let_go_of_once_no_router_goes_by_them_and_their_counts_stay()
    {
        Turn(Dns, routers: 2);
        var slow = _routers[1];
        Turn(Web, routers: 2, stillOpen: slow);
        Classify(slow, 0x35, 1);

        _books = _books!.Settle((_, rules) => rules.Generation < 2 && !ReferenceEquals(rules, slow));
        Assert.True(_books.HasEarlier);
        Classify(slow, 0x35);
        _books = _books.Settle((_, rules) => rules.Generation < 2);

        Assert.False(_books.HasEarlier);
        Assert.Equal("web 0, unmatched 1, earlier 2", Told());
    }

    [Fact]
    public void What_a_device_passed_by_itself_is_its_rules_also_when_it_is_late()
    {
        var device = new Device();
        Turn(Dns, device: device);
        Packets(0, 0x35, 1);
        device.Count(unmatched: 10, rule: 20);
        Assert.Equal("dns 21, unmatched 11, earlier 0", Told());

        Turn(Web);
        device.Count(unmatched: 11, rule: 22);
        Assert.Equal("web 0, unmatched 12, earlier 23", Told());

        device.IsFinal = true;
        Turn(Dns);
        Assert.Equal("dns 23, unmatched 12, earlier 0", Told());
    }

    [Fact]
    public void What_a_device_passed_by_rules_that_never_came_in_force_is_earlier_rules()
    {
        var device = new Device();
        Turn(Dns);
        var never = RuleTexts.Table(Web, generation: 2);
        never.PassedByDevice = device;
        device.Count(unmatched: 3, rule: 4);

        var told = _books!.Read(never);

        Assert.Equal((3, 4, 0), (told.Unmatched.Packets, told.Earlier.Packets, told.Rules[0].Matched.Packets));
        Assert.Equal((0, 0), (_books.Read().Unmatched.Packets, _books.Read().Earlier.Packets));
        Turn(Web, device: device);
        Assert.Equal((3, 4), (_books.Read(never).Unmatched.Packets, _books.Read(never).Rules[0].Matched.Packets));
    }

    [Fact]
    public void Whatever_rules_come_and_go_every_packet_is_in_the_books_once()
    {
        var step = Gen.Select(Gen.Int[0, 6].HashSet[0, 5], Gen.Byte[0, 8].Array[0, 20], Gen.Bool);
        step.Array[1, 12].Sample(steps =>
        {
            using var test = new RuleBooksTests();
            return test.AddsUp(steps);
        });
    }

    private bool AddsUp((HashSet<int> Rules, byte[] Packets, bool Late)[] steps)
    {
        var matchedBy = new long[9];
        ActiveRules? late = null;
        foreach (var (rules, packets, isLate) in steps)
        {
            var before = _routers.FirstOrDefault();
            Turn(string.Concat(rules.Select(r => $"rule r{r} match 0:ff:{r:x2} mark {r + 1}\n")), stillOpen: isLate ? before : null);
            late = isLate ? before : null;
            Packets(0, packets);
            if (late is not null) Classify(late, packets);
            foreach (var packet in packets)
            {
                if (rules.Contains(packet)) matchedBy[packet]++;
                if (late?.Table.Rules.Rules.Any(r => r.Name == $"r{packet}") == true) matchedBy[packet]++;
            }
        }

        var told = _books!.Read();
        var received = steps.Sum(s => s.Packets.Length) + LatePackets(steps);
        var sum = told.Rules.Sum(r => r.Matched.Packets) + told.Unmatched.Packets + told.Earlier.Packets;
        return sum == received && told.Rules.All(r => r.Matched.Packets == matchedBy[r.Name[1] - '0']);
    }

    private static long LatePackets((HashSet<int> Rules, byte[] Packets, bool Late)[] steps) => steps.Skip(1).Where(s => s.Late).Sum(s => s.Packets.Length);

    /// <summary>Puts rules in force; all earlier counters but those of <paramref name="stillOpen"/> are final.</summary>
    private void Turn(string text, int routers = 1, ActiveRules? stillOpen = null, IReadOnlyList<Guard>? guards = null, Device? device = null)
    {
        var table = MarkTable.Compile(RuleTexts.Set(text, ++_generation), guards ?? []);
        table.PassedByDevice = device;
        _routers = [.. Enumerable.Range(0, routers).Select(_ => ActiveRules.Of(table, Plan))];
        _books = _books is null ? RuleBooks.Open(table, _routers) : _books.Turn(table, _routers, (_, rules) => !ReferenceEquals(rules, stillOpen));
    }

    private void Packets(int router, params byte[] firstBytes) => Classify(_routers[router], firstBytes);

    private void Classify(ActiveRules rules, params byte[] firstBytes)
    {
        using var bundle = _source.BundleOf([.. firstBytes.Select(b => new[] { b })]);
        rules.Table.Classify(bundle, rules.Counters);
    }

    private string Told()
    {
        var counts = _books!.Read();
        var rules = counts.Rules.Select(r => $"{r.Name} {r.Matched.Packets}, ");
        return $"{string.Concat(rules)}unmatched {counts.Unmatched.Packets}, earlier {counts.Earlier.Packets}";
    }

    /// <summary>A device that has one rule.</summary>
    private sealed class Device : IPassedCounts
    {
        private (long Unmatched, long Rule) _counts;

        public int Places => 2;

        public bool IsFinal { get; set; }

        public void Count(long unmatched, long rule) => _counts = (unmatched, rule);

        public void ReadCounts(Span<PacketTally> counts) => (counts[0], counts[1]) = (new(_counts.Unmatched, 0), new(_counts.Rule, 0));
    }
}
