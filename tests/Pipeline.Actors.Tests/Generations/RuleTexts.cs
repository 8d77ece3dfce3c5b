using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Rules as these tests write them.</summary>
internal static class RuleTexts
{
    public const string Bad = "rule oops match 12:fff:0 mark 1\n";

    /// <summary>
    /// Rules whose marks tell the generation: packets of <see cref="FakeNic"/> with an odd number match the first, all the others the
    /// second.
    /// </summary>
    public static string MarkingWith(int generation) => $"""
        rule odd-{generation} match 7:01:01 mark {(2 * generation) + 1}
        rule any match 7:00:00 mark {2 * generation}
        """;

    public static RuleSet Set(string text, int generation = 1)
    {
        var rules = RuleParser.Parse(new SourceText("test.rules", text), out var diagnostics);
        Assert.True(rules is not null, string.Join('\n', diagnostics));
        return rules with { Generation = generation };
    }

    public static MarkTable Table(string text, int generation = 1) => MarkTable.Compile(Set(text, generation));
}
