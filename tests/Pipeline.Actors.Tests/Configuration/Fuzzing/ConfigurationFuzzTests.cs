using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Actors.Tests.Configuration.Fuzzing;

/// <summary>Any text gets an answer, in work linear in its length and in bounded memory, and every finding points into a text.</summary>
public sealed class ConfigurationFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_configuration_is_bound_or_refused_with_a_place()
    {
        var fuzz = new ConfigurationFuzz();

        new FuzzRuns("configurations", usual: 4_000, longer: 200_000).Run(output, fuzz.Once, () => fuzz.Seen, () => fuzz.HasMetAll);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData("a {")]
    [InlineData("a = [")]
    [InlineData("a = {b=")]
    [InlineData("a.")]
    [InlineData("\"")]
    [InlineData("\"\"\"\" ")]
    [InlineData("\\")]
    [InlineData("a = \"\\")]
    [InlineData("\n")]
    [InlineData(" }")]
    [InlineData("a//\n")]
    [InlineData("${")]
    [InlineData(",")]
    [InlineData("x y ")]
    public void Repetition_costs_no_more_than_its_length(string piece) =>
        new ConfigurationFuzz().Check(new SourceText("t.conf", string.Concat(Enumerable.Repeat(piece, 50_000))));
}
