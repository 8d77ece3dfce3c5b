using CsCheck;
using Pipeline.Nic.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>Commands for ethtool are such as its manual has, and such as the program itself takes.</summary>
public class EthtoolGrammarTests
{
    /// <summary>Nothing can be changed about an interface that is not there; ethtool reads its words before it finds that out.</summary>
    private const string NoInterface = "no-such-if0";

    /// <summary>Terms that belong to fields of flows, masked or not, and some that do not.</summary>
    private static readonly Gen<string> Term =
        from place in Gen.OneOf("0:ffffffffffff", "0:ff0000000000", "6:ffffff000000", "12:ffff", "l3+1:ff", "l3+1:fc", "l3+12:ffffffff", "l3+12:ffffff00", "l3+16:ffff0000", "l3+8:ffffffffffffffff", "l3+24:ffff", "l4+0:ffff", "l4+2:ffff", "l4+2:ff00", "20:1fff")
        from value in Gen.ULong
        select $"{place}:{(value & ulong.Parse(place[(place.IndexOf(':') + 1)..], System.Globalization.NumberStyles.HexNumber)).ToString("x" + (place.Length - place.IndexOf(':') - 1))}";

    private static readonly Gen<string> Flow = Gen.OneOf(
        "", "12:ffff:0800", "12:ffff:86dd", "l3+0:f0:40 l3+9:ff:06", "l3+0:f0:40 l3+9:ff:11", "l3+0:f0:40 l3+9:ff:84", "12:ffff:0800 l3+9:ff:01", "12:ffff:86dd l3+6:ff:06", "12:ffff:86dd l3+6:ff:3a");

    [Fact]
    public void Whatever_is_exported_is_as_the_manual_says()
    {
        var exported = 0;
        Gen.Select(Flow, Term.Array[0, 3], Gen.UInt[1, 70_000]).Sample(
            (flow, terms, mark) =>
            {
                foreach (var command in Commands($"{flow} {string.Join(' ', terms)}".Trim(), mark, "eth0"))
                {
                    Interlocked.Increment(ref exported);
                    Assert.True(EthtoolGrammar.FaultOf(command) is null, $"{command}: {EthtoolGrammar.FaultOf(command)}");
                }
            },
            iter: Iterations.Of(2000));
        Assert.True(exported > 100, $"{exported} rules were exported");
    }

    [FactThatNeeds(Need.Ethtool)]
    public void Ethtool_reads_whatever_is_exported()
    {
        var exported = 0;
        Gen.Select(Flow, Term.Array[0, 3]).Sample(
            (flow, terms) =>
            {
                foreach (var command in Commands($"{flow} {string.Join(' ', terms)}".Trim(), 5, NoInterface))
                {
                    exported++;
                    Assert.Contains("No such device", Run(command));
                }
            },
            iter: Iterations.Of(300),
            threads: 1);
        Assert.True(exported > 10, $"{exported} rules were exported");
    }

    [TheoryThatNeeds(Need.Ethtool)]
    [InlineData("flow-type tcp4 l4proto 0x06 action 1 loc 0")]
    [InlineData("flow-type ether src-ip 10.0.0.1 action 1 loc 0")]
    [InlineData("flow-type ip4 tos 0x1b8 action 1 loc 0")]
    [InlineData("flow-type udp6 src-ip 10.0.0.1 action 1 loc 0")]
    [InlineData("flow-type tcp4 src-port 1 src-port 2 action 1 loc 0")]
    [InlineData("flow-type sctp5 src-port 1 action 1 loc 0")]
    public void What_ethtool_does_not_read_is_not_as_the_manual_says(string words)
    {
        var command = $"ethtool -N {NoInterface} {words}";

        Assert.Contains("bad command line", Run(command));
        Assert.NotNull(EthtoolGrammar.FaultOf(command));
    }

    private static string Run(string command)
    {
        var words = command.Split(' ');
        return Tool.Run(words[0], words[1..]).Errors;
    }

    private static IEnumerable<string> Commands(string terms, uint mark, string netdev)
    {
        if (terms.Length == 0) return [];
        var text = RuleExport.Of(RuleText.Valid($"rule a match {terms} mark {mark}"), ExportTarget.Ethtool, netdev).Text;
        return text.Split('\n').Where(l => l.StartsWith("ethtool -N", StringComparison.Ordinal));
    }
}
