using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

/// <summary>From what code and configuration say to a setup.</summary>
public sealed class PipelineBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeNic _nic = new(1);

    public void Dispose()
    {
        _nic.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_configuration_may_lead_routes_to_a_handler_in_code_and_say_more_about_it()
    {
        var setup = Pipeline().Handler<CountConsumer>("dns").FromHocon("pipeline { routes = [ { mark = 1, to = dns } ], consumers { dns { instances = 3 } } }").Build();

        Assert.Equal((3, ConsumerKind.Bypass), (setup.Options.Consumers["dns"].Instances, setup.Options.Consumers["dns"].Kind));
        Assert.IsType<CountConsumer>(setup.Handlers["dns"]());
        Assert.Empty(setup.Warnings);
    }

    [Fact]
    public void Routes_in_code_come_behind_those_of_the_configuration()
    {
        var setup = Pipeline().FromHocon("pipeline { routes = [ { mark = 1, to = stack } ] }").Handler<CountConsumer>("all").Route("dns", 2).Route("all")
            .Consumer(new ConsumerOptions { Name = "dns", Kind = ConsumerKind.AfPacket, Write = _folder["dns.pcapng"] }).Build();

        Assert.Equal(["stack", "dns", "all"], setup.Options.Routes.Select(r => r.To));
        Assert.Equal((2u, uint.MaxValue, 0u), (setup.Options.Routes[1].Mark, setup.Options.Routes[1].MarkMask, setup.Options.Routes[2].MarkMask));
    }

    [Fact]
    public void Rules_and_source_in_code_win_over_the_configuration()
    {
        File.WriteAllBytes(_folder["a.pcap"], EmptyCapture);
        var setup = new PipelineBuilder { Folder = _folder.FullName }
            .FromHocon("pipeline { rules = absent.rules, source { file = absent.pcap, pool { pages = 5 } } }").ReadCapture("a.pcap").Rules("rule dns match 23:ff:11 mark 1").Build();
        using var nic = setup.Nic;

        Assert.Equal((_folder["a.pcap"], 5, "dns"), (nic.Name, setup.Options.Source.Pool.Pages, Assert.Single(setup.Rules.Rules).Name));
    }

    [Fact]
    public void File_names_are_relative_to_the_folder_and_those_in_a_configuration_to_its_file()
    {
        Directory.CreateDirectory(_folder["conf"]);
        File.WriteAllText(_folder["conf/edge.conf"], "pipeline { rules = edge.rules }");
        File.WriteAllText(_folder["conf/edge.rules"], "rule dns match 23:ff:11 mark 1");

        var setup = new PipelineBuilder { Folder = _folder.FullName }.FromFile("conf/edge.conf").ReceiveFrom(_ => _nic).Build();

        Assert.Equal(_folder["conf/edge.rules"], setup.Rules.Source.Name);
    }

    [Fact]
    public void Changes_are_made_last_and_in_order()
    {
        var setup = Pipeline().FromHocon("pipeline { bundle { packets = 8 } }").Configure(Doubled).Configure(Doubled).Build();

        Assert.Equal(32, setup.Options.Bundle.Packets);

        static PipelineOptions Doubled(PipelineOptions options) => options with { Bundle = options.Bundle with { Packets = options.Bundle.Packets * 2 } };
    }

    [Fact]
    public void Warnings_do_not_keep_it_from_running_and_can_be_read()
    {
        var setup = Pipeline().FromHocon("pipeline { consumers { dns { kind = bypass, handler = count } } }").Build();

        Assert.Contains("no route leads to the consumer", Assert.Single(setup.Warnings).Message);
    }

    [Fact]
    public void Nothing_at_all_is_a_pipeline_without_a_source() =>
        Assert.Contains("no source", Assert.Throws<ArgumentException>(() => new PipelineBuilder().Build()).Message);

    [Fact]
    public void What_makes_no_sense_in_code_is_told_with_what_was_expected()
    {
        Refused(p => p.Handler<CountConsumer>("dns").Route("dsn"), "'dsn'", "dns, stack");
        Refused(p => p.Route(new RouteOptions { To = "stack", Share = 2 }), "share");
        Refused(p => p.Route("stack", mark: 0x11, mask: 0x10), "outside the mask");
        Refused(p => p.Consumer(new ConsumerOptions { Name = "dns", Kind = ConsumerKind.Bypass, Handler = "count", Instances = 0 }), "1 to 64");
        Refused(p => p.Configure(o => o with { Bundle = o.Bundle with { Packets = 0 } }), "1 to 1024");
        Refused(p => p.Handler<CountConsumer>("dns").Handler<CountConsumer>("dns"), "already");
    }

    [Fact]
    public void A_consumer_declared_in_code_and_in_the_configuration_is_told_at_its_place()
    {
        var capture = new ConsumerOptions { Name = "dns", Kind = ConsumerKind.AfPacket, Write = "x" };

        Clash(p => p.Handler<CountConsumer>("dns"), "dns { kind = af_packet, write = x }", "1:53: error: a handler in code is the consumer `dns`");
        Clash(p => p.Consumer(capture), "dns { kind = bypass, handler = count }", "1:53: error: the consumer `dns` is declared in code too");
        Pipeline().Handler<CountConsumer>("dns").FromHocon("pipeline { consumers { dns { kind = bypass } } }").Build();

        void Clash(Func<PipelineBuilder, PipelineBuilder> tell, string consumer, string error) =>
            Assert.Contains(error, Assert.Throws<InvalidInputException>(() => tell(Pipeline()).FromHocon("pipeline { consumers { xxxxxxx = null, " + consumer + " } }").Build()).Message);
    }

    [Fact]
    public void One_configuration_is_enough() => Assert.Throws<InvalidOperationException>(() => new PipelineBuilder().FromHocon("").FromFile("x"));

    [Fact]
    public void Outputs_that_would_overwrite_the_configuration_are_refused()
    {
        File.WriteAllText(_folder["edge.conf"], "pipeline { routes = [ { to = out } ], consumers { out { kind = af_packet, write = edge.conf } } }");

        Assert.Throws<OutputConflictException>(() => Pipeline().FromFile(_folder["edge.conf"]).Build());
        Assert.False(_nic.IsDisposed);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void An_expression_without_sense_is_refused_and_the_source_not_opened() =>
        Assert.Contains("'tcp prot 80'", Assert.Throws<InvalidInputException>(() => Pipeline().Select("tcp prot 80").Build()).Message);

    /// <summary>A pcap file header (tcpdump.org/manpages/pcap-savefile.5) of Ethernet, and no packets.</summary>
    private static byte[] EmptyCapture => Convert.FromHexString("d4c3b2a1" + "02000400" + "00000000" + "00000000" + "ffff0000" + "01000000");

    private PipelineBuilder Pipeline() => new PipelineBuilder().ReceiveFrom(_ => _nic);

    private void Refused(Func<PipelineBuilder, PipelineBuilder> tell, params string[] words)
    {
        var error = Assert.Throws<ArgumentException>(() => tell(Pipeline()).Build());
        Assert.All(words, word => Assert.Contains(word, error.Message));
    }
}
