using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public class BindingTests
{
    [Fact]
    public void Nothing_written_gives_the_defaults()
    {
        var (options, diagnostics) = Configurations.Load("");

        Assert.Empty(diagnostics);
        Assert.Equivalent(new PipelineOptions(), options);
    }

    [Fact]
    public void A_source_is_bound()
    {
        var source = Configurations.Options("source { file = in.pcap, pool { page-bytes = 256 KiB, pages = 8 }, replay-speed = 2.5 }").Source;

        Assert.Equal(new SourceOptions { File = "in.pcap", Pool = new PoolOptions { PageBytes = 262144, Pages = 8 }, ReplaySpeed = 2.5 }, source);
    }

    [Fact]
    public void An_interface_is_bound()
    {
        var source = Configurations.Options("source { interface = eth0, backend = afxdp, queues = 4, promiscuous = off, mode = generic }").Source;

        Assert.Equal(new SourceOptions { Interface = "eth0", Backend = "afxdp", Queues = 4, IsPromiscuous = false, Mode = XdpMode.Generic }, source);
    }

    [Theory]
    [InlineData("in", PacketDirection.In)]
    [InlineData("out", PacketDirection.Out)]
    [InlineData("inout", PacketDirection.InOut)]
    public void A_direction_is_bound(string written, PacketDirection direction) =>
        Assert.Equal(direction, Configurations.Options($"source {{ interface = eth0, direction = {written} }}").Source.Direction);

    [Fact]
    public void A_simulated_source_is_bound_as_the_interface_writes_it()
    {
        var source = Configurations.Options("source { offload = on, sim { seed = 3, queues = 4, ring = 512, profile = zipf, packets = 1000000, faults = [ \"stall 2 at 50000 for 1000\" ] } }").Source;

        Assert.True(source.Offload);
        Assert.Equal([new SimulatedFault(FaultKind.Stall, 2, 50000, 1000)], source.Sim!.Faults);
        Assert.Equal(new SimulatedOptions { Seed = 3, Ring = 512, Profile = TrafficProfile.Zipf, Packets = 1000000, Faults = source.Sim.Faults }, source.Sim);
    }

    [Theory]
    [InlineData("drain = 30 s", 30_000)]
    [InlineData("drain = 0 s", 0)]
    [InlineData("", 10_000)]
    public void The_time_to_drain_is_bound(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Configurations.Options(text).Drain);

    [Fact]
    public void A_route_is_bound()
    {
        var options = Configurations.Options(
            Configurations.Sink + "\nroutes = [ { mark = 0x20/0xf0, to = sink, copy = yes, balance = round-robin, overload = drop-old, share = 12.5% } ]");

        var expected = new RouteOptions
        {
            Mark = 0x20, MarkMask = 0xf0, To = "sink", Copy = true, Balance = Balance.RoundRobin, Overload = Overload.DropOld, Share = 0.125,
        };
        Assert.Equal(expected, Assert.Single(options.Routes));
    }

    [Theory]
    [InlineData("16", 16, 0xffffffff)]
    [InlineData("0x10", 16, 0xffffffff)]
    [InlineData("\"0x20/0xF0\"", 0x20, 0xf0)]
    [InlineData("32/240", 0x20, 0xf0)]
    [InlineData("0/0", 0, 0)]
    [InlineData("4294967295", 0xffffffff, 0xffffffff)]
    public void A_mark_is_a_value_and_perhaps_a_mask(string mark, uint value, uint mask)
    {
        var route = Configurations.Options($"routes = [ {{ mark = {mark}, to = stack }} ]").Routes[0];

        Assert.Equal((value, mask), (route.Mark, route.MarkMask));
    }

    [Fact]
    public void A_route_without_a_mark_takes_all()
    {
        var route = Configurations.Options("routes = [ { to = stack } ]").Routes[0];

        Assert.Equal(new RouteOptions { To = "stack" }, route);
    }

    [Fact]
    public void A_consumer_that_writes_files_is_bound()
    {
        var options = Configurations.Options(
            "routes = [ { to = dns } ]\n" +
            "consumers { dns { kind = af_packet, write = d.pcapng, snaplen = 1k, filter = \"port 53\", rotate { filesize = 100 MiB, files = 10, duration = 1 h } } }");

        var expected = new ConsumerOptions
        {
            Name = "dns", Kind = ConsumerKind.AfPacket, Write = "d.pcapng", SnapLength = 1024, Filter = "port 53",
            Rotate = new RotateOptions { FileBytes = 104_857_600, Files = 10, Duration = TimeSpan.FromHours(1) },
        };
        Assert.Equal(expected, options.Consumers["dns"]);
    }

    [Fact]
    public void A_consumer_with_a_handler_is_bound()
    {
        var options = Configurations.Options("routes = [ { to = c } ]\nconsumers { c { kind = bypass, handler = count, instances = 4 }, stack { kind = stack } }");

        Assert.Equal(new ConsumerOptions { Name = "c", Kind = ConsumerKind.Bypass, Handler = "count", Instances = 4 }, options.Consumers["c"]);
        Assert.Equal(new ConsumerOptions { Name = "stack", Kind = ConsumerKind.Stack }, options.Consumers["stack"]);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1 ns", null)]
    [InlineData("100ns", 1)]
    [InlineData("50 us", 500)]
    [InlineData("50 microseconds", 500)]
    [InlineData("1.5 ms", 15_000)]
    [InlineData("1 s", 10_000_000)]
    [InlineData("1 second", 10_000_000)]
    [InlineData("1.1 s", null)]
    [InlineData("50", null)]
    [InlineData("50 parsecs", null)]
    [InlineData("-1 us", null)]
    [InlineData("1e3 us", null)]
    public void A_time_has_a_unit(string text, int? ticks)
    {
        var (options, _) = Configurations.Load($"pipeline.bundle.latency = {text}");

        Assert.Equal(ticks, (int?)options?.Bundle.Latency.Ticks);
    }

    [Theory]
    [InlineData("65536", 65536L)]
    [InlineData("64k", 65536L)]
    [InlineData("64 KiB", 65536L)]
    [InlineData("64 kB", 64000L)]
    [InlineData("1.5 MiB", 1572864L)]
    [InlineData("2 megabytes", 2000000L)]
    [InlineData("2 mebibytes", 2097152L)]
    [InlineData("1 T", 1099511627776L)]
    [InlineData("1000.5", null)]
    [InlineData("10000 PB", null)]
    [InlineData("99999999999999999999 G", null)]
    [InlineData("5 apples", null)]
    [InlineData("-5 k", null)]
    [InlineData("100", null)]
    public void A_size_may_have_a_unit(string text, long? bytes)
    {
        var (options, _) = Configurations.Load(
            $"pipeline {{ routes = [ {{ to = c }} ], consumers {{ c {{ kind = af_packet, write = x, rotate {{ filesize = {text} }} }} }} }}");

        Assert.Equal(bytes, options?.Consumers["c"].Rotate?.FileBytes);
    }

    [Fact]
    public void Consumers_keep_the_order_they_were_written_in()
    {
        var names = string.Join(' ', Enumerable.Range(0, 20).Select(i => $"{{ to = c{i} }}").Reverse()).Replace("} {", "}, {");
        var consumers = string.Join('\n', Enumerable.Range(0, 20).Reverse().Select(i => $"c{i} {{ kind = bypass, handler = count }}"));

        var (options, _) = Configurations.Load($"pipeline {{ routes = [ {{ copy = on, to = stack }}, {names.Replace("}", ", copy = on }")} ]\nconsumers {{\n{consumers}\n}} }}");

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(i => $"c{i}"), options!.Consumers.Keys);
    }
}
