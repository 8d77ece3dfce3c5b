using Pipeline.Nic.Consumers;
using Pipeline.Actors.Tests.Configuration;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

public class ConfiguredOptionsTests
{
    [Fact]
    public void Values_are_read_by_type()
    {
        var options = Options("port = 53, on = yes, for = 50 us, room = 2 KiB, name = \"a b\", file = hosts.txt, nets = [ a, \"b c\" ]");

        Assert.Equal(53, options.Number("port", 1));
        Assert.True(options.Switch("on", false));
        Assert.Equal(TimeSpan.FromMicroseconds(50), options.Duration("for", default));
        Assert.Equal(2048, options.Size("room", 0));
        Assert.Equal("a b", options.Text("name"));
        Assert.Equal("hosts.txt", options.File("file"));
        Assert.Equal(["a", "b c"], options.List("nets"));
        options.RejectUnread();
    }

    [Fact]
    public void What_is_not_given_has_its_fallback()
    {
        var options = Options("gone = null");

        Assert.Equal((7, "x", null), (options.Number("port", 7), options.Text("name", "x"), options.File("gone")));
        Assert.Empty(options.List("nets"));
        options.RejectUnread();
    }

    [Theory]
    [InlineData("limits { per-port = 3 }")]
    [InlineData("limits.per-port = 3")]
    [InlineData("\"limits.per-port\" = 3")]
    public void Objects_are_read_with_dotted_keys(string text) => Assert.Equal(3, Options(text).Number("limits.per-port", 0));

    [Fact]
    public void Keys_can_be_data()
    {
        var options = Options("ports { http = 80, dns = 53 }");

        Assert.Equal(["ports"], options.KeysOf());
        Assert.Equal(133, options.KeysOf("ports").Sum(name => options.Number("ports." + name, 0)));
        options.RejectUnread();
    }

    [Fact]
    public void A_value_that_is_not_what_was_asked_for_is_told_with_its_place()
    {
        var error = Assert.Throws<HandlerOptionException>(() => Options("port = many").Number("port", 53, 1, 65535));

        Assert.StartsWith("t.conf:2:9: error: `port` is `many`; expected a whole number from 1 to 65535\n  2 |  port = many\n    |         ^^^^", error.Message);
    }

    [Fact]
    public void What_a_handler_misses_is_told_at_the_options()
    {
        var error = Options("port = 53").Wrong("server", "a host's name");

        Assert.StartsWith("t.conf:1:", error.Message);
        Assert.Contains("error: the option `server` is not given; expected a host's name", error.Message);
    }

    [Fact]
    public void An_option_that_nobody_asked_for_is_an_error_with_the_nearest()
    {
        var options = Options("prot = 53");
        options.Number("port", 53);

        var error = Assert.Throws<HandlerOptionException>(options.RejectUnread);

        Assert.StartsWith("t.conf:2:2: error: the handler has no option `prot`", error.Message);
        Assert.EndsWith("help: did you mean `port`?", error.Message);
    }

    [Fact]
    public void An_object_where_a_text_is_wanted_is_told() =>
        Assert.Contains("`name` is an object; expected a text", Assert.Throws<HandlerOptionException>(() => Options("name { }").Text("name")).Message);

    private static HandlerOptions Options(string text)
    {
        var (options, diagnostics) = Configurations.Load($"pipeline {{ routes = [ {{ to = c }} ], consumers {{ c {{ kind = bypass, handler = \"T, t.dll\", options {{\n {text}\n}} }} }} }}");
        Assert.Empty(diagnostics);
        return options!.Consumers["c"].Options;
    }
}
