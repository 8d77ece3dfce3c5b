using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public class HoconReaderTests
{
    [Theory]
    [InlineData("a = 1", "{a=1}")]
    [InlineData("a : 1", "{a=1}")]
    [InlineData("{ a = 1 }", "{a=1}")]
    [InlineData("a { b = 1 }", "{a={b=1}}")]
    [InlineData("a = { b = 1 }", "{a={b=1}}")]
    [InlineData("a\n{\n b = 1\n}", "{a={b=1}}")]
    [InlineData("a =\n{ b = 1 }", "{a={b=1}}")]
    [InlineData("a =\n[ 1 ]", "{a=[1]}")]
    [InlineData("a.b.c = 1", "{a={b={c=1}}}")]
    [InlineData("a.\"b.c\" = 1", "{a={b.c=1}}")]
    [InlineData("a.b = 1, a.c = 2", "{a={b=1,c=2}}")]
    [InlineData("a { b = 1 }\na { c = 2 }", "{a={b=1,c=2}}")]
    [InlineData("a = 1\na = 2", "{a=2}")]
    [InlineData("a = 1\na { b = 2 }", "{a={b=2}}")]
    [InlineData("a { b = 2 }\na = 1", "{a=1}")]
    [InlineData("a = [1]\na = [2]", "{a=[2]}")]
    [InlineData("a = [1, 2\n3, ]", "{a=[1,2,3]}")]
    [InlineData("a = [ { b = 1 }\n{ b = 2 } ]", "{a=[{b=1},{b=2}]}")]
    [InlineData("a = 1, b = 2,\n", "{a=1,b=2}")]
    [InlineData("a = drop-new, b = 0x10/0xf0, c = 50 us, d = 25%", "{a=drop-new,b=0x10/0xf0,c=50 us,d=25%}")]
    [InlineData("a = /tmp/x.pcap # there", "{a=/tmp/x.pcap}")]
    [InlineData("a = 1 // one\n# two\nb = 2", "{a=1,b=2}")]
    [InlineData("a = \"x # y // z {\"", "{a=x # y // z {}")]
    [InlineData("a = \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", "{a=\"\\/\b\f\n\r\tA}")]
    [InlineData("a = \"\"\"tcp[13] & \"2\"\n\\n\"\"\"\"", "{a=tcp[13] & \"2\"\n\\n\"}")]
    [InlineData("a = null", "{a=null}")]
    [InlineData("\uFEFFa = 1\r\nb = 2\r\n", "{a=1,b=2}")]
    [InlineData("", "{}")]
    [InlineData("  # nothing\n", "{}")]
    public void What_stands_there_is_read(string text, string expected)
    {
        var (root, diagnostics) = HoconReader.Read(new SourceText("t.conf", text));

        Assert.Empty(diagnostics);
        Assert.Equal(expected, Written(root));
    }

    [Fact]
    public void Every_value_knows_where_it_stood()
    {
        var (root, _) = HoconReader.Read(new SourceText("t.conf", "a {\n  b = 50 us\n}"));

        Assert.True(root.TryGet("a", out var a));
        Assert.True(((HoconObject)a.Value).TryGet("b", out var b));
        Assert.Equal(new TextSpan(6, 1), b.KeySpan);
        Assert.Equal(new TextSpan(10, 5), b.Value.Span);
    }

    [Fact]
    public void Only_an_unquoted_null_is_null()
    {
        var (root, _) = HoconReader.Read(new SourceText("t.conf", "a = null, b = \"null\""));

        Assert.Equal([true, false], root.Fields.Select(f => ((HoconValue)f.Value).IsNull));
    }

    [Fact]
    public void Layers_merge_object_by_object()
    {
        var (below, _) = HoconReader.Read(new SourceText("below", "a { b = 1, c = [1] }, d = 1"));
        var (above, _) = HoconReader.Read(new SourceText("above", "a { c = [2], e = 3 }, d { f = 4 }"));

        var merged = below.MergedWith(above);

        Assert.Equal("{a={b=1,c=[2],e=3},d={f=4}}", Written(merged));
        Assert.Equal("{a={b=1,c=[1]},d=1}", Written(below));
    }

    private static string Written(HoconNode node) => node switch
    {
        HoconObject o => "{" + string.Join(',', o.Fields.Select(f => f.Key + "=" + Written(f.Value))) + "}",
        HoconList l => "[" + string.Join(',', l.Items.Select(Written)) + "]",
        _ => ((HoconValue)node).Text,
    };
}
