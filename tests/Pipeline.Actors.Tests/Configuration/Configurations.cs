using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>Loads a text as the file <c>t.conf</c>.</summary>
internal static class Configurations
{
    /// <summary>A consumer that packets can be sent to.</summary>
    public const string Sink = "consumers { sink { kind = bypass, handler = count } }";

    public static ConfigurationResult Load(string text) => ConfigurationLoader.Load(new SourceText("t.conf", text));

    public static PipelineOptions Options(string insidePipeline)
    {
        var (options, diagnostics) = Load("pipeline {\n" + insidePipeline + "\n}");
        Assert.Empty(diagnostics);
        return options!;
    }

    /// <summary>The first line of each finding: <c>t.conf:1:2: error: ...</c>.</summary>
    public static IReadOnlyList<string> Findings(string text) => Lines(Load(text).Diagnostics);

    /// <summary>Of a text that begins on line 2, so that its columns are those of the test.</summary>
    public static string Finding(string insidePipeline) => Assert.Single(Findings("pipeline {\n" + insidePipeline + "\n}"));

    public static IReadOnlyList<string> Lines(IEnumerable<Diagnostic> diagnostics) => [.. diagnostics.Select(d => d.ToString().Split('\n')[0])];
}
