using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Rules.Fuzzing;

/// <summary>
/// Whatever text comes as rules or as a filter, there is an answer that points into it, in bounded memory; what is sound is printed and
/// read again as the same, and all that works with rules takes it.
/// </summary>
public sealed class RuleFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_rule_text_is_read_or_refused_with_a_place()
    {
        var fuzz = new RuleFuzz();

        new FuzzRuns("rule texts", usual: 2000, longer: 200_000).Run(output, fuzz.Once, () => fuzz.Seen, () => fuzz.HasMetAll);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Any_filter_is_compiled_or_refused_in_words()
    {
        var fuzz = new FilterFuzz();

        new FuzzRuns("filters", usual: 1000, longer: 100_000).Run(output, fuzz.Once, () => fuzz.Seen, () => fuzz.HasMetAll);
    }
}
