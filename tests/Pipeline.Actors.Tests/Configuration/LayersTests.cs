using System.Text;
using Pipeline.Actors.Configuration;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public sealed class LayersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_users_file_wins_over_the_machines_key_by_key()
    {
        var machine = Write("machine.conf", "pipeline { bundle { packets = 8, latency = 1 ms } }");
        var user = Write("user.conf", "pipeline { bundle { packets = 16 } }");

        var bundle = ConfigurationLoader.Load(user, new Dictionary<string, string>(), machine).Options!.Bundle;

        Assert.Equal(new BundleOptions { Packets = 16, Latency = TimeSpan.FromMilliseconds(1) }, bundle);
    }

    [Fact]
    public void A_variable_wins_over_the_files()
    {
        var user = Write("user.conf", "pipeline { bundle { packets = 16 } }");

        Assert.Equal(32, ConfigurationLoader.Load(user, Variable("PIPELINE__BUNDLE__PACKETS", "32"), null).Options!.Bundle.Packets);
    }

    [Fact]
    public void Null_takes_back_what_a_lower_layer_set()
    {
        var machine = Write("machine.conf", "pipeline { rules = a.rules, bundle.packets = 8 }");
        var user = Write("user.conf", "pipeline { rules = null, bundle = null }");

        Assert.Equivalent(new PipelineOptions(), ConfigurationLoader.Load(user, new Dictionary<string, string>(), machine).Options);
    }

    [Fact]
    public void File_names_are_relative_to_the_file_they_are_written_in()
    {
        var user = Write("user.conf", "pipeline { source.file = in.pcap, rules = \"/etc/x.rules\", routes = [ { to = c } ], consumers { c { kind = af_packet, write = out/x.pcapng } } }");

        var options = ConfigurationLoader.Load(user, Variable("PIPELINE__RULES", "here.rules"), null).Options!;

        Assert.Equal(_folder["in.pcap"], options.Source.File);
        Assert.Equal("here.rules", options.Rules);
        Assert.Equal(_folder["out/x.pcapng"], options.Consumers["c"].Write);
    }

    [Fact]
    public void A_machine_without_a_file_of_its_own_is_fine() =>
        Assert.Empty(ConfigurationLoader.Load([], new Dictionary<string, string>(), _folder["none.conf"]).Diagnostics);

    [Fact]
    public void A_users_file_that_is_not_there_is_an_exception() =>
        Assert.Throws<FileNotFoundException>(() => ConfigurationLoader.Load(_folder["none.conf"], new Dictionary<string, string>(), null));

    [Fact]
    public void A_directory_in_place_of_a_file_is_an_exception() =>
        Assert.Throws<IOException>(() => ConfigurationLoader.Load(_folder.FullName, new Dictionary<string, string>(), null));

    [Theory]
    [InlineData("PIPELINE__SOURCE__POOL__PAGE_BYTES", "64k")]
    [InlineData("PIPELINE__SOURCE__POOL__PAGE-BYTES", "65536")]
    [InlineData("pipeline__source__pool__page_bytes", " 64 KiB ")]
    [InlineData("PIPELINE__SOURCE__POOL", "{ page-bytes = 64k }")]
    [InlineData("PIPELINE__SOURCE", "{ pool.page-bytes = \"64k\" }")]
    public void A_variables_name_is_a_path(string name, string value) => Assert.Equal(65536, WithVariable(name, value).Options!.Source.Pool.PageBytes);

    [Fact]
    public void A_variable_finds_the_spelling_of_a_name_that_is_there()
    {
        var user = Write("user.conf", "pipeline { routes = [ { to = DNS_capture } ], consumers { DNS_capture { kind = af_packet, write = x } } }");

        var options = ConfigurationLoader.Load(user, Variable("PIPELINE__CONSUMERS__DNS_CAPTURE__SNAPLEN", "96"), null).Options!;

        Assert.Equal(96, options.Consumers["DNS_capture"].SnapLength);
    }

    [Fact]
    public void A_variables_text_needs_no_quotes()
    {
        var user = Write("user.conf", "pipeline { routes = [ { to = c } ], consumers { c { kind = af_packet, write = x } } }");

        var options = ConfigurationLoader.Load(user, Variable("PIPELINE__CONSUMERS__C__FILTER", "tcp[13] & 2 != 0 // x"), null).Options!;

        Assert.Equal("tcp[13] & 2 != 0 // x", options.Consumers["c"].Filter);
    }

    [Theory]
    [InlineData("PIPELINE__BUNDLE__PACKETS", "many", "1:1: error: `packets` is `many`; expected a whole number from 1 to 1024")]
    [InlineData("PIPELINE__BUNDEL__PACKETS", "3", "1:1: error: unknown key `bundel` in `pipeline`")]
    [InlineData("PIPELINE__ROUTES", "[ { to = nowhere } ]", "1:10: error: no consumer is called `nowhere`")]
    [InlineData("PIPELINE__ROUTES", "[ { to = stack ]", "1:3: error: this `{` is never closed; expected `}` before the `]` at 1:16")]
    [InlineData("PIPELINE__ROUTES", "[ ] x", "1:5: error: `x` behind the value; expected nothing more")]
    [InlineData("PIPELINE__ROUTES__0__SHARE", "10%", "1:1: error: the name of this variable leads nowhere: `pipeline.routes` is a list, and set as a whole")]
    [InlineData("PIPELINE__", "x", "1:1: error: the name of this variable leads nowhere: expected PIPELINE__SECTION__KEY")]
    [InlineData("PIPELINE__RULES", "", "1:1: error: `rules` is ``; expected a file name")]
    public void An_error_in_a_variable_names_it(string name, string value, string expected) =>
        Assert.Equal($"environment variable {name}:{expected}", Assert.Single(Configurations.Lines(WithVariable(name, value).Diagnostics)));

    [Fact]
    public void Other_variables_are_not_ours() => Assert.Empty(WithVariable("PIPELINE_CORPUS", "x").Diagnostics);

    [Fact]
    public void An_error_names_the_layer_it_is_in()
    {
        var machine = Write("machine.conf", "pipeline { bundle { packets = 0 } }");
        var user = Write("user.conf", "pipeline {\n  bundle { latency = x }\n}");

        var diagnostics = ConfigurationLoader.Load(user, new Dictionary<string, string>(), machine).Diagnostics;

        Assert.Equal([(machine, 1), (user, 2)], diagnostics.Select(d => (d.Source.Name, d.Source.PositionOf(d.Span.Start).Line)));
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused_at_its_first_bad_byte()
    {
        File.WriteAllBytes(_folder["t.conf"], [.. Encoding.UTF8.GetBytes("# é\nrules = "), 0xff, (byte)'\n', 0xfe]);

        var diagnostics = ConfigurationLoader.Load(_folder["t.conf"], new Dictionary<string, string>(), null).Diagnostics;

        Assert.Equal($"{_folder["t.conf"]}:2:9: error: byte 0xff at offset 13 is not UTF-8 text", Assert.Single(Configurations.Lines(diagnostics)));
    }

    [Fact]
    public void A_file_without_end_is_refused()
    {
        var diagnostics = ConfigurationLoader.Load("/dev/zero", new Dictionary<string, string>(), null).Diagnostics;

        Assert.Equal("/dev/zero:1:1: error: this file is too large for a configuration; at most 4194304 bytes are read", Assert.Single(Configurations.Lines(diagnostics)));
    }

    [Fact]
    public void An_included_file_without_end_is_one_error()
    {
        File.WriteAllText(_folder["t.conf"], "include \"/dev/zero\"");

        var diagnostics = ConfigurationLoader.Load(_folder["t.conf"], new Dictionary<string, string>(), null).Diagnostics;

        Assert.StartsWith("/dev/zero:1:1: error: this file is too large", Assert.Single(Configurations.Lines(diagnostics)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_later_of_several_files_lies_over_the_earlier()
    {
        File.WriteAllText(_folder["low.conf"], "pipeline { bundle { packets = 7, latency = 3 ms } }");
        File.WriteAllText(_folder["high.conf"], "pipeline { bundle { packets = 9 } }");

        var bundle = ConfigurationLoader.Load([_folder["low.conf"], _folder["high.conf"]], new Dictionary<string, string>(), null).Options!.Bundle;

        Assert.Equal((9, TimeSpan.FromMilliseconds(3)), (bundle.Packets, bundle.Latency));
    }

    private static ConfigurationResult WithVariable(string name, string value) => ConfigurationLoader.Load([], Variable(name, value), null);

    private static Dictionary<string, string> Variable(string name, string value) => new() { [name] = value };

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
