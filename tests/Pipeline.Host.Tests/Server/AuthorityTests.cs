using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class AuthorityTests
{
    [Theory]
    [InlineData("localhost", "localhost", 80)]
    [InlineData("Edge-1.example.:8480", "Edge-1.example.", 8480)]
    [InlineData("192.0.2.1:1", "192.0.2.1", 1)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 80)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("localhost:", "localhost", 80)]
    [InlineData("xn--mnchen-3ya.example", "xn--mnchen-3ya.example", 80)]
    public void A_host_and_its_port_are_read(string text, string host, int port)
    {
        var read = Authority.Read(text);

        Assert.Equal((host, port), (read?.Host, read?.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("user@localhost")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:+1")]
    [InlineData("localhost:80:80")]
    [InlineData("localhost,localhost")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[::1]x")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[fe80::1%1]")]
    [InlineData("m\u00fcnchen.example")]
    [InlineData("%6cocalhost")]
    public void What_is_no_host_is_none(string text) => Assert.Null(Authority.Read(text));

    [Fact]
    public void A_name_or_a_part_of_it_can_be_too_long() =>
        Assert.Equal((true, false, false), (Authority.Read(new string('a', 63)) is not null, Authority.Read(new string('a', 64)) is not null, Authority.Read(string.Join('.', Enumerable.Repeat("abcdefg", 32))) is not null));

    [Theory]
    [InlineData("http://localhost", "localhost:80", true)]
    [InlineData("HTTP://LOCALHOST:80", "localhost", true)]
    [InlineData("http://[0:0::1]:8480", "[::1]:8480", true)]
    [InlineData("http://localhost:8480", "localhost:8481", false)]
    [InlineData("http://localhost:8480", "127.0.0.1:8480", false)]
    public void An_origin_is_ours_by_its_host_and_its_port(string origin, string host, bool same) =>
        Assert.Equal(same, Authority.OfOrigin(origin)!.IsSameAs(Authority.Read(host)!));

    [Theory]
    [InlineData("null")]
    [InlineData("https://localhost:8480")]
    [InlineData("ws://localhost:8480")]
    [InlineData("http://user@localhost:8480")]
    [InlineData("http://user:word@localhost:8480")]
    [InlineData("http://localhost:8480/")]
    [InlineData("http://localhost:8480?x")]
    [InlineData("http:localhost:8480")]
    [InlineData("//localhost:8480")]
    [InlineData("localhost:8480")]
    [InlineData(" http://localhost:8480")]
    [InlineData("http://")]
    public void What_no_page_of_ours_comes_from_is_no_origin(string text) => Assert.Null(Authority.OfOrigin(text));
}
