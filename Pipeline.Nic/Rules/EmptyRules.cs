using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>Rule texts that say nothing: to put one in force takes every rule away, which is seldom meant.</summary>
public static class EmptyRules
{
    private const char ByteOrderMark = '\ufeff';

    /// <summary>Whether a text has nothing but white space and comments. A guard that is lifted is something.</summary>
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

    /// <summary>Looks at whether somebody wrote a text of rules and forgot the rules.</summary>
    /// <returns>A warning for rules that were read from a text which has none.</returns>
    public static IReadOnlyList<Diagnostic> Warnings(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var isText = rules.Source != RuleSet.Empty.Source;
        return isText && Is(rules.Source.Text)
            ? [Diagnostic.Warning(rules.Source, default, "there is no rule in this text; no packet gets a mark")]
            : [];
    }
}
