using System.Buffers.Binary;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>The kernel's filters, loaded by the real <c>tc</c>, match the packets that rules match.</summary>
public class TcEqualityTests
{
    /// <summary>Where an export's rules begin: behind what it needs for itself.</summary>
    private const int FirstPriority = 1010;

    private const string Terms = """
        rule there match 54:00000000:0 mark 0x200/0x200 continue
        rule mac match 0:010000000000:0 6:0000:0 mark 0x400/0x400 continue
        rule wide match 12:ffff:0800 26:ffff000000000000:c0a8000000000000 mark 0x800/0x800 continue
        rule arp match 12:ffff:0806 20:ffff:1 mark 0x1000/0x1000 continue
        rule dns match 12:ffff:0800 23:ff:11 l4+2:ffff:0035 mark 0x10/0xff continue
        rule answer match l3+0:f0:40 l3+9:ff:11 l4+0:ffff:0035 mark 0x10/0xff continue
        rule syn match l3+0:f0:40 l3+9:ff:06 l4+13:3f:02 mark 0x20/0xff continue
        rule options match l3+0:f0:40 14:0f:06 l4+0:00:00 mark 0x20/0xff continue
        rule tls match l3+0:f0:40 l3+9:ff:06 l4[12:f0>>2]+0:ff:16 mark 0x30/0xff continue
        rule http match 23:ff:06 [14:0f<<2][26:f0>>2]+14:ffff:4745 mark 0x30/0xff
        rule back match 23:ff:06 [14:0f<<2]+14:8000:8000 mark 0x40/0xff
        rule six match l3+0:f0:60 l3+6:ff:11 l4+0:ff00:0000 mark 0x50/0xff
        rule lldp match 12:ffff:88cc mark 0x60/0xff
        rule rest match 12:ffff:0800 mark 0x70/0xff
        """;

    [FactThatNeeds(Need.Root | Need.Corpus)]
    public void U32_counts_the_captures_packets_as_rules_do() =>
        Compare(RuleText.Valid(Terms), ExportTarget.TcU32, EndsWhereU32Reads);

    [FactThatNeeds(Need.Root | Need.Corpus | Need.Libpcap)]
    public void Bpf_counts_the_captures_packets_as_rules_do()
    {
        var filters = "\nrule web filter \"tcp port 80 or tcp port 443\" mark 1/1 continue\nrule v6 filter \"ip6\" mark 2\nrule any match l4+0:00:00 mark 3\n";
        Compare(RuleText.Valid(Terms.Replace("rule rest", "# rule rest") + filters), ExportTarget.Cbpf, _ => false);
    }

    [FactThatNeeds(Need.Root)]
    public void Tc_understands_the_action_that_sets_marks()
    {
        using var wire = new TcWire();
        var script = RuleExport.Of(RuleText.Valid("rule a match 12:ffff:0800 mark 0x10/0xf0 continue\nrule b match 12:ffff:0800 mark 7"), ExportTarget.TcU32, TcWire.Interface).Text;
        foreach (var line in script.Split('\n').Where(l => l.Contains("skbedit")))
        {
            // The kernel may not have the module; what tc cannot read it says otherwise.
            var result = wire.Run(line);
            Assert.True(result.ExitCode == 0 || result.Errors.Contains("Failed to load TC action module"), result.Errors);
        }
    }

    private static void Compare(RuleSet rules, ExportTarget target, Func<byte[], bool> isLeftOut)
    {
        var export = RuleExport.Of(rules, target, TcWire.Interface);
        Assert.Empty(export.Refused);
        using var wire = new TcWire();
        wire.Load(export.Text);

        var table = MarkTable.Compile(rules, MarkEngine.Interpreter);
        var counters = new RuleCounters(rules.Rules.Count);
        var sent = 0;
        foreach (var packet in EthernetCaptures.Files().SelectMany(EthernetCaptures.Packets))
        {
            if (isLeftOut(packet) || !wire.Send(packet)) continue;
            sent++;
            if (IsTagged(packet)) continue; // A kernel that takes tags off leaves these unmarked.
            using var test = new TestBundle(LinkType.Ethernet, packet);
            table.Classify(test.Bundle, counters);
        }

        var counts = wire.Counts();
        Assert.True(sent > 3000, $"{sent} packets");
        for (var i = 0; i < rules.Rules.Count; i++)
        {
            var expected = counters.Of(i + 1).Packets;
            Assert.True(expected > 0 || rules.Rules[i].Name is "options" or "lldp", $"{rules.Rules[i].Name} matches nothing");
            Assert.True(expected == counts.GetValueOrDefault(FirstPriority + i + (target == ExportTarget.TcU32 ? 1 : 0)), $"{rules.Rules[i].Name}: {expected} packets, tc has {string.Join(' ', counts)}");
        }
    }

    private static bool IsTagged(byte[] packet) => EtherType.IsVlanTag(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(12)));

    /// <summary>Packets cut within a word that a rule reads a part of: the difference that the export speaks of.</summary>
    private static bool EndsWhereU32Reads(byte[] packet) => (packet.Length - 14) % 4 != 0 && packet.Length < 60;
}
