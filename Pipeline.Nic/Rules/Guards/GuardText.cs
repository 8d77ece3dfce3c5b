using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>Reads conditions of guards in the notation of rule files. They are also shown in it.</summary>
internal static class GuardText
{
    /// <param name="guard">Its name becomes the condition's.</param>
    /// <param name="terms">All of them must match.</param>
    public static TermRule Read(string guard, string terms)
    {
        var rules = RuleParser.Parse(new SourceText("keep-out guards", $"rule {guard} match {terms} mark 0"), out var diagnostics);
        if (rules is null) throw new ArgumentException(diagnostics[0].ToString(), nameof(terms));
        return (TermRule)rules.Rules[0] with { Span = default };
    }
}
