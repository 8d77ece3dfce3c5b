using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public class HandlerContextTests
{
    private readonly HandlerContext _context = new("dns");

    [Fact]
    public void A_counter_of_one_name_is_one_counter()
    {
        _context.Counter("queries").Add(2);
        _context.Counter("queries").Increment();

        var counter = Assert.Single(_context.Counters);
        Assert.Equal(("queries", 3), (counter.Name, counter.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Queries")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123456")]
    public void A_name_that_cannot_be_a_metrics_is_refused(string name) => Assert.Throws<ArgumentException>(() => _context.Counter(name));

    [Fact]
    public void Counters_do_not_grow_without_end()
    {
        for (var i = 0; i < HandlerContext.MostCounters; i++) _context.Counter($"port-{i}");

        Assert.Throws<InvalidOperationException>(() => _context.Counter("one-more"));
        Assert.NotNull(_context.Counter("port-7"));
    }

    [Fact]
    public async Task Any_thread_may_count()
    {
        var counter = _context.Counter("packets");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) counter.Increment();
        })));

        Assert.Equal(40_000, counter.Value);
    }

    [Fact]
    public void Without_options_everything_has_its_fallback()
    {
        var options = _context.Options;

        Assert.Equal((53, "x", true, 9L), (options.Number("port", 53), options.Text("name", "x"), options.Switch("on", true), options.Size("room", 9)));
        Assert.Empty(options.KeysOf());
        Assert.Equal("the option `server` is not given; expected a host's name", options.Wrong("server", "a host's name").Message);
    }
}
