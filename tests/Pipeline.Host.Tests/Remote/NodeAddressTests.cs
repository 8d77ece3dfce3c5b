using Pipeline.Host.Registry;
using Pipeline.Host.Remote;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class NodeAddressTests
{
    private static readonly Dictionary<string, string> NoVariables = [];
    private static readonly RunningPipelines NoPipelines = new([]);

    [Theory]
    [InlineData(null, "http://127.0.0.1:8480/")]
    [InlineData("edge1", "http://edge1:8480/")]
    [InlineData("10.0.0.5", "http://10.0.0.5:8480/")]
    [InlineData("10.0.0.5:80", "http://10.0.0.5/")]
    [InlineData("[::1]", "http://[::1]:8480/")]
    [InlineData("[::1]:9", "http://[::1]:9/")]
    [InlineData("http://edge1", "http://edge1/")]
    [InlineData("https://ops.example/edge1", "https://ops.example/edge1/")]
    public void What_is_left_out_of_an_address_is_filled_in(string? text, string url) =>
        Assert.Equal(url, NodeAddress.Of(text, NoVariables, NoPipelines).Base.AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    [InlineData("http://x/?token=1")]
    [InlineData("x y")]
    [InlineData("::1")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<UsageException>(() => NodeAddress.Of(text, NoVariables, NoPipelines));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.9", true)]
    [InlineData("[::1]", true)]
    [InlineData("10.0.0.5", false)]
    [InlineData("localhost.example", false)]
    public void Only_what_is_here_is_asked_past_every_proxy(string text, bool isHere) => Assert.Equal(isHere, NodeAddress.Of(text, NoVariables, NoPipelines).IsThisMachine);
}
