using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Rule texts as tests write them.</summary>
internal static class RuleText
{
    public static RuleSet Valid(string text)
    {
        var rules = RuleParser.Parse(new SourceText("test.rules", text), out var diagnostics);
        Assert.True(rules is not null, string.Join('\n', diagnostics));
        return rules;
    }

    /// <summary>Rules of every kind that match packets of the corpus.</summary>
    public static RuleSet ForCaptures() => Valid(
        """
        rule vlan match 12:ffff:8100 mark 0x100/0x100 continue
        rule there match 60:0000:0 mark 0x200/0x200 continue
        rule mac match 0:fe0000000000:0 6:ffff:0 mark 0x400/0x400 continue
        rule wide match l3+0:f0:40 l3+12:ffffff00ff000000:c0a80000c0000000 mark 0x800/0x800 continue
        rule step6 match [6:00000000000f]+14:00:00 mark 0x1000/0x1000 continue
        rule dns match l3+9:ff:11 l4+2:ffff:0035 mark 0x10/0xff continue
        rule syn match l4+13:3f:02 mark 0x20/0xff continue
        rule tls match l4[12:f0>>2]+0:ff:16 mark 0x30/0xff
        rule back match 23:ff:06 [14:0f<<2]+14:8000:8000 mark 0x40/0xff
        rule six match l3+0:f0:60 l4+0:00:00 mark 0x50/0xff continue
        rule icmp6 match l3+0:f0:60 l4+0:80:80 mark 0x60/0xff
        """);

    public static TermRule Terms(string terms) => (TermRule)Valid($"rule r match {terms} mark 1").Rules[0];

    /// <summary>Every diagnostic as <c>line:column severity: message | note | help</c>, with the text it points at.</summary>
    public static string Faults(string text)
    {
        var source = new SourceText("test.rules", text);
        RuleParser.Parse(source, out var diagnostics);
        return string.Join('\n', diagnostics.Select(d => Fault(source, d)));
    }

    private static string Fault(SourceText source, Diagnostic d)
    {
        var (line, column) = source.PositionOf(d.Span.Start);
        return string.Join(" | ", new[] { $"{line}:{column}", $"<{text(d)}>", d.Message, d.Note, d.Help }.Where(part => part is not null));

        string text(Diagnostic x) => source.Text.Substring(x.Span.Start, x.Span.Length);
    }
}
