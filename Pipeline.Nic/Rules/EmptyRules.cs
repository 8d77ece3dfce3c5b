using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>Rule texts without rules: putting one in force removes every rule, which is seldom intended.</summary>
public static class EmptyRules
{
    private const char ByteOrderMark = '\ufeff';

    /// <summary>Whether a text has only white space and comments. A text that lifts a guard is not empty.</summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.AsSpan().TrimStart(ByteOrderMark);
        foreach (var range in lines.Split('\n'))
        {
            var line = lines[range].TrimStart();
            if (!line.IsEmpty && line[0] != '#') return false;
        }

        return true;
    }

    /// <summary>Checks whether somebody wrote a text of rules and forgot the rules.</summary>
    /// <returns>A warning for rules that were read from a text without any.</returns>
    public static IReadOnlyList<Diagnostic> Warnings(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var isText = rules.Source != RuleSet.Empty.Source;
        return isText && Is(rules.Source.Text)
            ? [Diagnostic.Warning(rules.Source, default, "there is no rule in this text; no packet gets a mark")]
            : [];
    }
}
