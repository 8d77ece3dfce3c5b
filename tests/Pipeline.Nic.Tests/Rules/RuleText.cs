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
