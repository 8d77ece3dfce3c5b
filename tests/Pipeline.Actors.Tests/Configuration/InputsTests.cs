using Pipeline.Actors.Configuration;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>What a configuration takes from elsewhere: environment variables and other files.</summary>
public sealed class InputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_variable_is_the_value_and_if_it_is_not_set_the_one_before_stays()
    {
        var file = Write("a.conf", "pipeline { bundle { packets = 8, packets = ${?PACKETS}, latency = 1 ms, latency = ${?LATENCY} }, rules = ${RULES} }");

        var options = Loaded(file, ("PACKETS", "16"), ("RULES", "edge.rules"));

        Assert.Equal(new BundleOptions { Packets = 16, Latency = TimeSpan.FromMilliseconds(1) }, options.Bundle);
        Assert.Equal(_folder["edge.rules"], options.Rules);
    }

    [Fact]
    public void A_variable_is_text_whatever_it_looks_like()
    {
        var file = Write("a.conf", "pipeline { rules = ${?RULES} }");

        Assert.Equal(_folder["null"], Loaded(file, ("RULES", "null")).Rules);
        Assert.Equal(_folder["{ a"], Loaded(file, ("RULES", "{ a")).Rules);
    }

    [Fact]
    public void In_a_list_a_variable_that_is_not_set_is_no_element()
    {
        var file = Write("a.conf", "akka { loggers = [ ${?FIRST}, ${?SECOND} ] }");

        Assert.Equal("Akka.Event.TraceLogger", Assert.Single(Loaded(file, ("SECOND", "Akka.Event.TraceLogger, Akka")).Akka.Loggers).FullName);
    }

    [Fact]
    public void A_variable_that_must_be_set_and_is_not_is_an_error_at_its_place() =>
        Assert.Equal([_folder["a.conf"] + ":1:20: error: the environment variable RULES is not set"], Errors(Write("a.conf", "pipeline { rules = ${RULES} }")));

    [Fact]
    public void A_wrong_value_of_a_variable_is_told_where_the_variable_stands() =>
        Assert.Equal(
            [_folder["a.conf"] + ":1:31: error: `packets` is `many`; expected a whole number from 1 to 1024"],
            Errors(Write("a.conf", "pipeline { bundle { packets = ${?PACKETS} } }"), ("PACKETS", "many")));

    [Fact]
    public void The_fields_of_another_file_lie_over_those_before_and_under_those_behind()
    {
        Write("sub/bundle.conf", "packets = 16, latency = 2 ms");
        var file = Write("a.conf", "pipeline { bundle { packets = 8\n include \"sub/bundle.conf\"\n latency = 3 ms } }");

        Assert.Equal(new BundleOptions { Packets = 16, Latency = TimeSpan.FromMilliseconds(3) }, Loaded(file).Bundle);
    }

    [Fact]
    public void Objects_of_another_file_add_to_those_that_are_there()
    {
        Write("more.conf", "pipeline { consumers { b { kind = bypass, handler = count } }, routes = [ { to = a }, { to = b } ] }");
        var file = Write("a.conf", "pipeline { consumers { a { kind = bypass, handler = count } } }\ninclude \"more.conf\"");

        Assert.Equal(["a", "b"], Loaded(file).Consumers.Keys.Order());
    }

    [Fact]
    public void Names_in_an_included_file_are_relative_to_it()
    {
        Write("sub/deeper/rules.conf", "rules = x.rules");
        Write("sub/b.conf", "include \"deeper/rules.conf\"");

        Assert.Equal(_folder["sub/deeper/x.rules"], Loaded(Write("a.conf", "pipeline { include \"sub/b.conf\" }")).Rules);
    }

    [Fact]
    public void An_error_in_an_included_file_has_its_place_there()
    {
        Write("b.conf", "# first\npackets = many");

        Assert.Equal([_folder["b.conf"] + ":2:11: error: `packets` is `many`; expected a whole number from 1 to 1024"], Errors(Write("a.conf", "pipeline { bundle { include \"b.conf\" } }")));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_where_it_is_named() =>
        Assert.StartsWith(_folder["a.conf"] + ":1:9: error: `none.conf` cannot be included: Could not find file", Assert.Single(Errors(Write("a.conf", "include \"none.conf\""))));

    [Theory]
    [InlineData("a.conf")]
    [InlineData("./sub/../a.conf")]
    public void A_circle_is_an_error_that_names_its_places(string back)
    {
        Directory.CreateDirectory(_folder["sub"]);
        Write("b.conf", $"\ninclude \"{back}\"");

        Assert.Equal(
            [$"{_folder["b.conf"]}:2:9: error: `{back}` includes itself: {_folder["a.conf"]}:1:9 > {_folder["b.conf"]}:2:9"],
            Errors(Write("a.conf", "include \"b.conf\"")));
    }

    [Fact]
    public void Files_include_each_other_eight_deep_and_no_deeper()
    {
        for (var i = 1; i < 9; i++) Write($"{i}.conf", $"include \"{i + 1}.conf\"");
        Write("9.conf", "pipeline { bundle { packets = 4 } }");

        Assert.Equal(4, Loaded(_folder["2.conf"]) is { } options ? options.Bundle.Packets : 0);
        Assert.Equal(4, Loaded(_folder["1.conf"]).Bundle.Packets);
        Assert.StartsWith($"{_folder["8.conf"]}:1:9: error: files include each other more than 8 deep: {_folder["0.conf"]}:1:9 > ", Assert.Single(Errors(Write("0.conf", "include \"1.conf\""))));
    }

    [Fact]
    public void Files_that_include_each_other_again_and_again_are_not_read_without_end()
    {
        for (var i = 0; i < 7; i++) Write($"{i}.conf", string.Concat(Enumerable.Repeat($"include \"{i + 1}.conf\"\n", 20)));
        Write("7.conf", "a = 1");

        Assert.Contains(Errors(_folder["0.conf"]), e => e.EndsWith("more than 64 files are included", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_included_has_together_no_more_characters_than_one_text_may()
    {
        Write("big.conf", "#" + new string('x', 1_500_000));

        Assert.Equal(
            [$"{_folder["a.conf"]}:3:9: error: the files that are included have more than 4194304 characters"],
            Errors(Write("a.conf", string.Concat(Enumerable.Repeat("include \"big.conf\"\n", 3)))));
    }

    [Fact]
    public void A_file_that_is_no_text_is_told_once()
    {
        File.WriteAllBytes(_folder["b.conf"], [0xff, 0xfe, 0x00, 0x80]);

        Assert.Equal($"{_folder["b.conf"]}:1:1: error: byte 0xff at offset 0 is not UTF-8 text", Assert.Single(Errors(Write("a.conf", "include \"b.conf\""))));
    }

    [Fact]
    public void A_key_may_be_called_include() =>
        Assert.Contains("unknown key `include`", Assert.Single(Errors(Write("a.conf", "pipeline { bundle { include = 3 } }"))));

    [Fact]
    public void Variables_as_a_layer_include_nothing() =>
        Assert.Equal(
            ["environment variable PIPELINE__BUNDLE:1:11: error: `include` is read in files alone"],
            Errors(Write("a.conf", ""), ("PIPELINE__BUNDLE", "{ include \"a.conf\" }")));

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private static PipelineOptions Loaded(string file, params (string Name, string Value)[] variables)
    {
        var (options, diagnostics) = Load(file, variables);
        Assert.DoesNotContain(diagnostics, d => d.Severity == Nic.Diagnostics.Severity.Error);
        return options!;
    }

    private static IReadOnlyList<string> Errors(string file, params (string Name, string Value)[] variables) => Configurations.Lines(Load(file, variables).Diagnostics);

    private static ConfigurationResult Load(string file, (string Name, string Value)[] variables) =>
        ConfigurationLoader.Load(file, variables.ToDictionary(v => v.Name, v => v.Value), null);
}
