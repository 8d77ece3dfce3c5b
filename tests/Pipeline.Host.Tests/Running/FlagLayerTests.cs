using Pipeline.Actors.Configuration;
using Pipeline.Host.Commands;
using Pipeline.Host.Running;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class FlagLayerTests
{
    private static readonly PipelineOptions Configured = new()
    {
        Source = new SourceOptions { File = "configured.pcap", ReplaySpeed = 1 },
        Rules = "configured.rules",
        Routes = [new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "dns" }],
        Consumers = new Dictionary<string, ConsumerOptions> { ["dns"] = new() { Name = "dns", Kind = ConsumerKind.AfPacket, Write = "dns.pcapng" } },
    };

    [Fact]
    public void Without_flags_the_configuration_stands() => Assert.Equal(Configured, FlagLayer.Apply(Configured, new RunFlags()));

    [Fact]
    public void Flags_win_over_the_configuration()
    {
        var options = FlagLayer.Apply(Configured, new RunFlags { Read = "flag.pcap", ReplaySpeed = double.PositiveInfinity });

        Assert.Equal(("flag.pcap", null), (options.Source.File, options.Source.ReplaySpeed));
    }

    [Theory]
    [InlineData(true, "tcp")]
    [InlineData(true, null, "-n")]
    [InlineData(false, null)]
    [InlineData(false, "tcp", "-w", "x")]
    [InlineData(false, "tcp", "--json")]
    [InlineData(false, "tcp", "--count")]
    [InlineData(false, "tcp", "--split", "x")]
    [InlineData(true, "tcp", "-w", "x", "--print")]
    [InlineData(true, null, "--json", "--print")]
    public void Packets_are_printed_where_that_is_asked_for_or_nothing_else_is(bool expected, string? expression, params string[] arguments)
    {
        var line = new CommandLine(new Screen().Terminal, new Parts()).Parse(["run", "-r", "a.pcap", .. arguments, .. expression is null ? [] : new[] { expression }]);

        var options = FlagLayer.Apply(new PipelineOptions(), ((RunCommand)line.CommandResult.Command).FlagsOf(line));

        Assert.Equal(expected, FlagLayer.Prints(options));
    }

    [Fact]
    public void Routes_of_a_configuration_are_something_else_that_is_done() =>
        Assert.False(FlagLayer.Prints(FlagLayer.Apply(Configured, new RunFlags { Expression = "tcp" })));

    [Fact]
    public void What_is_printed_are_copies() =>
        Assert.True(FlagLayer.Apply(new PipelineOptions(), new RunFlags { Read = "x", Expression = "tcp" }).Routes.Single() is { To: FlagLayer.Print, Copy: true, OnlySelected: true });

    [Fact]
    public void A_simulated_profile_takes_the_place_of_a_configured_file()
    {
        var options = FlagLayer.Apply(Configured, new RunFlags { Simulate = "zipf", Seed = 9, Count = 100 });

        Assert.Null(options.Source.File);
        Assert.Equal((TrafficProfile.Zipf, 9, 100), (options.Source.Sim!.Profile, options.Source.Sim.Seed, options.Source.Sim.MostReceived));
    }

    [Fact]
    public void A_count_of_what_matches_an_expression_is_not_the_end_of_the_wire() =>
        Assert.Null(FlagLayer.Apply(Configured, new RunFlags { Simulate = "imix", Count = 100, Expression = "udp" }).Source.Sim!.MostReceived);

    [Fact]
    public void A_capture_to_read_takes_the_place_of_a_configured_simulator()
    {
        var options = FlagLayer.Apply(new PipelineOptions { Source = new SourceOptions { Sim = new SimulatedOptions() } }, new RunFlags { Read = "flag.pcap" });

        Assert.Equal(("flag.pcap", null), (options.Source.File, options.Source.Sim));
    }

    [Fact]
    public void An_interface_takes_the_place_of_a_configured_file_and_keeps_what_is_configured_for_interfaces()
    {
        var configured = new PipelineOptions { Source = new SourceOptions { File = "a.pcap", Backend = "afxdp", Queues = 4, Mode = XdpMode.Generic } };

        var options = FlagLayer.Apply(configured, new RunFlags { Interface = new("eth1", null, null), IsNotPromiscuous = true });

        Assert.Equal(configured.Source with { File = null, Interface = "eth1", IsPromiscuous = false }, options.Source);
    }

    [Fact]
    public void Queues_and_mode_of_one_backend_mean_nothing_to_another()
    {
        var configured = new PipelineOptions { Source = new SourceOptions { Interface = "eth0", Backend = "afxdp", Queues = 4, Mode = XdpMode.Generic } };

        var options = FlagLayer.Apply(configured, new RunFlags { Interface = new("eth0", "afpacket", null), Direction = PacketDirection.Out });

        Assert.Equal(new SourceOptions { Interface = "eth0", Backend = "afpacket", Direction = PacketDirection.Out }, options.Source);
    }

    [Fact]
    public void A_file_takes_the_place_of_a_configured_interface() =>
        Assert.Equal(
            new SourceOptions { File = "flag.pcap" },
            FlagLayer.Apply(new PipelineOptions { Source = new SourceOptions { Interface = "eth0", Backend = "afpacket", IsPromiscuous = false } }, new RunFlags { Read = "flag.pcap" }).Source);

    [Fact]
    public void Flags_of_an_interface_need_one()
    {
        Assert.Equal("-Q is for interfaces; give -i IF too", Assert.Throws<UsageException>(() => FlagLayer.Apply(Configured, new RunFlags { Direction = PacketDirection.In })).Message);
        Assert.Equal("-p is for interfaces; give -i IF too", Assert.Throws<UsageException>(() => FlagLayer.Apply(Configured, new RunFlags { IsNotPromiscuous = true })).Message);
    }

    [Theory]
    [InlineData("imx", "expected a profile (imix, small, 64, zipf, elephant, mixed), or a capture file that is there")]
    [InlineData(null, "--seed is the simulator's; give --sim PROFILE too")]
    public void What_cannot_be_simulated_is_told(string? profile, string words) =>
        Assert.Contains(words, Assert.Throws<UsageException>(() => FlagLayer.Apply(new PipelineOptions(), new RunFlags { Simulate = profile, Seed = 1 })).Message);

    [Fact]
    public void Alone_w_takes_what_is_selected_and_leaves_the_rest_to_the_stack()
    {
        var options = FlagLayer.Apply(new PipelineOptions(), new RunFlags { Write = "out.pcapng", Rotate = new RotateOptions { FileBytes = 1000 } });

        Assert.Equal([new RouteOptions { To = "capture", OnlySelected = true }], options.Routes);
        Assert.Equal(
            new ConsumerOptions { Name = "capture", Kind = ConsumerKind.AfPacket, Write = "out.pcapng", Rotate = new RotateOptions { FileBytes = 1000 }, EndsRunOnFailure = true },
            options.Consumers["capture"]);
    }

    [Fact]
    public void Where_packets_are_taken_from_the_normal_stack_w_and_split_get_copies_and_the_stack_has_every_packet()
    {
        var interfaced = new PipelineOptions { Source = new SourceOptions { Interface = "eth0", Backend = "afxdp" } };

        var options = FlagLayer.Apply(interfaced, new RunFlags { Write = "out.pcapng", SplitFolder = "out" });

        Assert.Equal([new RouteOptions { To = "capture", OnlySelected = true, Copy = true }, new RouteOptions { To = "split", Copy = true }], options.Routes);
        Assert.False(FlagLayer.Apply(interfaced, new RunFlags { Write = "out.pcapng", Read = "in.pcap" }).Routes[0].Copy);
    }

    [Fact]
    public void Alone_split_takes_everything()
    {
        var options = FlagLayer.Apply(new PipelineOptions(), new RunFlags { SplitFolder = "out" });

        Assert.Equal([new RouteOptions { To = "split" }], options.Routes);
        Assert.Equal(new ConsumerOptions { Name = "split", Kind = ConsumerKind.AfPacket, SplitFolder = "out", EndsRunOnFailure = true }, options.Consumers["split"]);
    }

    [Fact]
    public void Beside_split_w_gets_a_copy_of_what_is_selected()
    {
        var options = FlagLayer.Apply(new PipelineOptions(), new RunFlags { Write = "out.pcapng", SplitFolder = "out" });

        Assert.Equal([new RouteOptions { To = "capture", OnlySelected = true, Copy = true }, new RouteOptions { To = "split" }], options.Routes);
    }

    [Fact]
    public void Configured_routes_stay_final_behind_copies_for_w_and_split()
    {
        var options = FlagLayer.Apply(Configured, new RunFlags { Write = "out.pcapng", SplitFolder = "out" });

        Assert.Equal([("capture", true), ("split", true), ("dns", false)], options.Routes.Select(r => (r.To, r.Copy)));
    }

    [Fact]
    public void The_snap_length_holds_for_every_capture_that_is_written()
    {
        var options = FlagLayer.Apply(Configured, new RunFlags { Write = "out.pcapng", SnapLength = 96 });

        Assert.Equal([96, 96], options.Consumers.Values.Select(c => c.SnapLength));
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var taken = new PipelineOptions { Consumers = new Dictionary<string, ConsumerOptions> { ["capture"] = new() { Name = "capture", Kind = ConsumerKind.Stack } } };

        Assert.Contains("'capture'", Assert.Throws<UsageException>(() => FlagLayer.Apply(taken, new RunFlags { Write = "x" })).Message);
    }
}
