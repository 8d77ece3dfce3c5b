using Pipeline.Host.Benching;
using Pipeline.Host.Commands;
using Xunit;

namespace Pipeline.Host.Tests.Commands;

public class BenchClassifyTests
{
    [Fact]
    public void A_row_of_the_JSON_says_what_was_measured_beside_what()
    {
        var json = BenchClassifyCommand.Json([new ClassifyRow("il", 1000, 23.456, 10, 11.4, 1.44, 3.2)]);
        Assert.StartsWith("{\"machine\":\"", json);
        Assert.EndsWith(
            "\"rows\":[{\"engine\":\"il\",\"rules\":1000,\"nsPerPacket\":23.46,\"touchNsPerPacket\":10,\"hotNsPerPacket\":11.4,\"hotTouchNsPerPacket\":1.44,\"compileMilliseconds\":3.2}]}",
            json);
    }

    [Fact]
    public void An_engine_that_was_not_measured_on_cold_packets_says_nothing_of_them()
    {
        var json = BenchClassifyCommand.Json([new ClassifyRow("xdp", 16, double.NaN, double.NaN, 30, 20, 5)]);
        Assert.EndsWith("\"rows\":[{\"engine\":\"xdp\",\"rules\":16,\"hotNsPerPacket\":30,\"hotTouchNsPerPacket\":20,\"compileMilliseconds\":5}]}", json);
    }
}
