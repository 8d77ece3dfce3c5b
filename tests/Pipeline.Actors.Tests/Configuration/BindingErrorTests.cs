using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public class BindingErrorTests
{
    [Theory]
    [InlineData("bundle { packtes = 3 }", "2:10: error: unknown key `packtes` in `pipeline.bundle`")]
    [InlineData("bundle { packets = many }", "2:20: error: `packets` is `many`; expected a whole number from 1 to 1024")]
    [InlineData("bundle { packets = 0 }", "2:20: error: `packets` is `0`; expected a whole number from 1 to 1024")]
    [InlineData("bundle { packets = 1025 }", "2:20: error: `packets` is `1025`; expected a whole number from 1 to 1024")]
    [InlineData("bundle { packets = [ 1 ] }", "2:20: error: `packets` is a list; expected a whole number from 1 to 1024")]
    [InlineData("bundle { packets { } }", "2:18: error: `packets` is an object; expected a whole number from 1 to 1024")]
    [InlineData("bundle = 64", "2:10: error: `bundle` is `64`; expected an object in braces")]
    [InlineData("drain = 10", "2:9: error: `drain` is `10`; expected a time of at most 1 d with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("drain = 2 d", "2:9: error: `drain` is `2 d`; expected a time of at most 1 d with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("bundle { latency = 50 }", "2:20: error: `latency` is `50`; expected a time of at most 1 s with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("source { interface = eth0, backend = dpdk }", "2:38: error: `backend` is `dpdk`; expected one of afxdp, afpacket, tap")]
    [InlineData("source { interface = eth0, queues = 0 }", "2:37: error: `queues` is `0`; expected a whole number from 1 to 256")]
    [InlineData("source { interface = an-interface-too-long }", "2:22: error: 'an-interface-too-long' is no name of an interface; expected 1 to 15 bytes")]
    [InlineData("source { interface = eth0, file = a.pcap }", "2:22: error: `interface` stands beside `file`; expected one source")]
    [InlineData("source { file = a.pcap, backend = afpacket }", "2:35: error: `backend` says how an interface is read; expected `interface` beside it")]
    [InlineData("source { direction = out }", "2:22: error: `direction` says how an interface is read; expected `interface` beside it")]
    [InlineData("source { interface = eth0, backend = afpacket, mode = native }", "2:55: error: afpacket attaches no program that would have a mode; expected no mode, or another backend")]
    [InlineData("source { sim { sede = 1 } }", "2:16: error: unknown key `sede` in `pipeline.source.sim`")]
    [InlineData("source { sim { seed = -1 } }", "2:23: error: `seed` is `-1`; expected a whole number from 0 up")]
    [InlineData("source { sim { profile = tiny } }", "2:26: error: `profile` is `tiny`; expected one of imix, small, 64, zipf, elephant, mixed")]
    [InlineData("source { sim { rate = 0 } }", "2:23: error: `rate` is `0`; expected `max`, or a whole number of packets a second from 1 to 1000000000")]
    [InlineData("source { sim { queues = 200, vfs = 57 } }", "2:36: error: 257 queues in all; expected at most 256, those of virtual functions included")]
    [InlineData("source { sim { free-running = on, drain = 5 } }", "2:43: error: `drain` is for the virtual clock; with `free-running` the ring drains as fast as it is read")]
    [InlineData("source { sim { faults = [ \"stall 2 at 5 fur 3\" ] } }", "2:41: error: fault `fur`: expected `for`")]
    [InlineData("source { sim { faults = [ \"corrupt 4 at 5\" ] } }", "2:27: error: there is no queue 4; expected 0 to 3")]
    [InlineData("source { sim { faults = [ { } ] } }", "2:27: error: an element of `faults` is an object; expected text")]
    [InlineData("source { file = a, sim { } }", "2:24: error: `sim` stands beside `file`; expected one source")]
    [InlineData("source { tap = tap0 }", "2:16: error: `tap`: a TAP is read as an interface; expected `interface = NAME, backend = tap`")]
    [InlineData("source { pool { page-bytes = 100000 } }", "2:30: error: `page-bytes` is `100000`; expected a power of two from 4 KiB to 1 GiB, such as `512 KiB`")]
    [InlineData("source { pool { page-bytes = 1 GiB, pages = 4 } }", "2:45: error: a pool of 4 pages of 1 GiB is 4 GiB; expected less than 4 GiB")]
    [InlineData("source { replay-speed = fast }", "2:25: error: `replay-speed` is `fast`; expected `max`, or a number above 0 and at most 1000000 (1 = original timing)")]
    [InlineData("source { replay-speed = 0 }", "2:25: error: `replay-speed` is `0`; expected `max`, or a number above 0 and at most 1000000 (1 = original timing)")]
    [InlineData("rules = \"\"", "2:9: error: `rules` is ``; expected a file name")]
    [InlineData("rules = \"a\\u0000b\"", "2:9: error: `rules` is `a\uFFFDb`; expected a file name")]
    [InlineData("routes { to = stack }", "2:8: error: `routes` is an object; expected a list in brackets")]
    [InlineData("routes = [ stack ]", "2:12: error: an element of `routes` is `stack`; expected an object in braces")]
    [InlineData("routes = [ { copy = on } ]", "2:12: error: this route leads nowhere; expected `to` with the name of a consumer")]
    [InlineData("routes = [ { to = guests } ]", "2:19: error: no consumer is called `guests`")]
    [InlineData("routes = [ { to = stack, share = 0% } ]", "2:34: error: `share` is `0%`; expected a percentage above 0% and at most 100%, such as `25%`")]
    [InlineData("routes = [ { to = stack, share = 101% } ]", "2:34: error: `share` is `101%`; expected a percentage above 0% and at most 100%, such as `25%`")]
    [InlineData("routes = [ { to = stack, share = 25 } ]", "2:34: error: `share` is `25`; expected a percentage above 0% and at most 100%, such as `25%`")]
    [InlineData("routes = [ { to = stack, copy = maybe } ]", "2:33: error: `copy` is `maybe`; expected true or false (on, off, yes, no)")]
    [InlineData("routes = [ { to = stack, balance = hash } ]", "2:36: error: `balance` is `hash`; expected one of flow, round-robin, queue")]
    [InlineData("routes = [ { to = stack, overload = drop } ]", "2:37: error: `overload` is `drop`; expected one of wait, drop-new, drop-old, to-stack")]
    [InlineData("routes = [ { to = stack, overload = to-stack } ]", "2:37: error: `to-stack` on a route that leads to the stack already; expected wait, drop-new or drop-old")]
    [InlineData("routes = [ { to = stack, mark = 0x121/0xf0 } ]", "2:33: error: this route never matches: 0x101 of its mark is outside the mask 0xf0")]
    [InlineData("routes = [ { to = stack, mark = 0x100000000 } ]", "2:33: error: `mark` is `0x100000000`; expected VALUE or VALUE/MASK of at most 32 bits, decimal or with 0x, such as `0x20/0xf0`")]
    [InlineData("routes = [ { to = stack, mark = 1/2/3 } ]", "2:33: error: `mark` is `1/2/3`; expected VALUE or VALUE/MASK of at most 32 bits, decimal or with 0x, such as `0x20/0xf0`")]
    [InlineData("routes = [ { to = stack }, { mark = 1, to = stack } ]", "2:28: warning: this route is never reached: the one at t.conf:2:12 takes all of its packets")]
    [InlineData("routes = [ { mark = 0x20/0xf0, to = stack }, { mark = 0x21/0xff, to = stack } ]", "2:46: warning: this route is never reached: the one at t.conf:2:12 takes all of its packets")]
    [InlineData("consumers { c { kind = bypass, handler = count } }", "2:13: warning: no route leads to the consumer `c`")]
    public void What_is_wrong_is_said_with_its_place(string text, string expected) => Assert.Equal("t.conf:" + expected, Configurations.Finding(text));

    [Theory]
    [InlineData("{ handler = count }", "1: error: this consumer has no `kind`; expected one of bypass, af_packet, stack")]
    [InlineData("{ kind = guest }", "17: error: `kind` is `guest`; expected one of bypass, af_packet, stack")]
    [InlineData("af_packet", "8: error: `sink` is `af_packet`; expected an object in braces")]
    [InlineData("{ kind = bypass }", "1: error: this consumer has no `handler`; expected one of count, discard, flows, forward, or \"Type, path.dll\"")]
    [InlineData("{ kind = bypass, handler = cuont }", "35: error: unknown handler `cuont`; expected one of count, discard, flows, forward, or \"Type, path.dll\"")]
    [InlineData("{ kind = bypass, handler = count, to = \"if:guest0\" }", "42: error: `to` is a key of consumers with `handler = forward`; this one's handler is `count`")]
    [InlineData("{ kind = bypass, handler = forward }", "1: error: this consumer forwards to nowhere; expected `to` with `if:NAME` (transmit on an interface) or `tap:NAME` (inject into this host's stack)")]
    [InlineData("{ kind = stack, to = \"if:guest0\" }", "29: error: `to` is `if:guest0`, which leads away from this host's stack; expected `tap:NAME`")]
    [InlineData("{ kind = bypass, handler = forward, to = guest0 }", "49: error: `to` is `guest0`; expected `if:NAME` (transmit on an interface) or `tap:NAME` (inject into this host's stack)")]
    [InlineData("{ kind = bypass, handler = forward, to = \"if:a-name-too-long-x\" }", "49: error: `to` is `if:a-name-too-long-x`; expected `if:NAME` (transmit on an interface) or `tap:NAME` (inject into this host's stack)")]
    [InlineData("{ kind = bypass, handler = forward, to = \"if:a\", options { } }", "57: error: the handler `forward` has no options; expected none")]
    [InlineData("{ kind = bypass, handler = \"My.Handler,\" }", "35: error: `handler` is `My.Handler,`; expected the full name of a type, a comma and an assembly: \"Type, path.dll\"")]
    [InlineData("{ kind = bypass, handler = flows, options { max-flow = 3 } }", "52: error: unknown key `max-flow` in `pipeline.consumers.sink.options`")]
    [InlineData("{ kind = bypass, handler = flows, options { max-flows = 0 } }", "64: error: `max-flows` is `0`; expected a whole number from 1 to 4194304")]
    [InlineData("{ kind = bypass, handler = flows, options { idle-timeout = 15 } }", "67: error: `idle-timeout` is `15`; expected a time of at most 3650 d with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("{ kind = af_packet, write = dns.pcapng.xz }", "36: error: a file named .xz would not be compressed, only .gz and .zst are; write to - and pipe it into `xz`, or leave .xz off the name")]
    [InlineData("{ kind = bypass, handler = flows, write = flows.csv.GZ }", "50: error: a file named .GZ would not be compressed; write to - and pipe it into `gzip`, or leave .GZ off the name")]
    [InlineData("{ kind = bypass, handler = flows, write = -, instances = 2 }", "65: error: 2 instances would write to standard output at once; expected 1, or `write` with a file name")]
    [InlineData("{ kind = af_packet, write = x, options { } }", "39: error: `options` is a key of consumers with `kind = bypass`; this one's kind is `af_packet`")]
    [InlineData("{ kind = bypass, handler = count, write = x }", "42: error: `write` is a key of consumers with `kind = af_packet`; this one's kind is `bypass`")]
    [InlineData("{ kind = stack, handler = count }", "24: error: `handler` is a key of consumers with `kind = bypass`; this one's kind is `stack`")]
    [InlineData("{ kind = bypass, handler = count, instances = 65 }", "54: error: `instances` is `65`; expected a whole number from 1 to 64")]
    [InlineData("{ kind = af_packet }", "1: error: this consumer has nowhere to write to; expected `write` with a file name, or `-` for standard output")]
    [InlineData("{ kind = af_packet, write = x, instances = 2 }", "51: error: 2 instances would write the same file; expected 1")]
    [InlineData("{ kind = af_packet, write = x, snaplen = 300000 }", "49: error: `snaplen` is `300000`; expected a size from 0 bytes to 256 KiB, such as `100 MiB`")]
    [InlineData("{ kind = af_packet, write = -, rotate { filesize = 1M } }", "39: error: standard output cannot rotate; expected `write` with a file name")]
    [InlineData("{ kind = af_packet, write = x, rotate { files = 3 } }", "56: error: `files` alone never begins a second file; expected `filesize`, `duration` or `packets` beside it")]
    [InlineData("{ kind = af_packet, write = x, rotate { size = 3 } }", "48: error: unknown key `size` in `pipeline.consumers.sink.rotate`")]
    public void What_is_wrong_with_a_consumer_is_said_with_its_place(string consumer, string expected)
    {
        var findings = Configurations.Findings("pipeline { routes = [ { to = sink } ], consumers {\nsink = " + consumer + "\n} }");

        Assert.Equal("t.conf:2:" + expected, Assert.Single(findings));
    }

    [Theory]
    [InlineData("\"a b\"")]
    [InlineData("\".hidden\"")]
    [InlineData("\"\"")]
    [InlineData("\"a/b\"")]
    public void A_name_that_cannot_be_a_label_is_refused(string name)
    {
        var findings = Configurations.Findings($"pipeline {{ consumers {{ {name} {{ kind = stack }} }}, routes = [ {{ to = {name} }} ] }}");

        Assert.Equal("t.conf:1:24: error: this name cannot be a consumer's; expected 1 to 64 of A-Z a-z 0-9 _ . - and no leading dot", findings[0]);
    }

    [Fact]
    public void The_name_stack_is_the_normal_stacks()
    {
        var finding = Configurations.Finding("consumers { stack { kind = bypass, handler = count } }");

        Assert.Equal("t.conf:2:28: error: the name `stack` stands for the normal stack; expected `kind = stack`, or another name", finding);
    }

    [Fact]
    public void A_copy_does_not_overflow_to_the_stack()
    {
        var finding = Configurations.Finding(Configurations.Sink + ", routes = [ { to = sink, copy = on, overload = to-stack } ]");

        Assert.Equal(
            "t.conf:2:102: error: `to-stack` on a route that copies: the stack would get a packet that has another final route; expected wait, drop-new or drop-old",
            finding);
    }

    [Fact]
    public void A_route_behind_a_copy_is_reached() =>
        Assert.Empty(Configurations.Findings("pipeline { " + Configurations.Sink + ", routes = [ { to = sink, copy = on }, { to = stack } ] }"));

    [Fact]
    public void Two_consumers_do_not_write_one_file()
    {
        var finding = Configurations.Finding(
            "routes = [ { to = a, copy = on }, { to = b } ]\nconsumers { a { kind = af_packet, write = x.pcap }, b { kind = af_packet, write = ./x.pcap } }");

        Assert.Equal("t.conf:3:83: error: this file is written by the consumer `a` at t.conf:3:43 already; expected another", finding);
    }

    [Fact]
    public void A_consumer_does_not_overwrite_the_capture_that_is_read()
    {
        var finding = Configurations.Finding("source.file = x.pcap\nroutes = [ { to = a } ]\nconsumers { a { kind = af_packet, write = x.pcap } }");

        Assert.Equal("t.conf:4:43: error: this file is the capture read by `source.file` at t.conf:2:15 already; expected another", finding);
    }

    [Fact]
    public void A_misspelt_consumer_is_told_once()
    {
        var finding = Configurations.Finding(Configurations.Sink + ", routes = [ { to = snik } ]");

        Assert.Equal("t.conf:2:74: error: no consumer is called `snik`", finding);
    }

    [Fact]
    public void Standard_input_and_standard_output_go_together() =>
        Assert.Empty(Configurations.Findings("pipeline { source.file = -, routes = [ { to = a } ], consumers { a { kind = af_packet, write = - } } }"));

    [Theory]
    [InlineData("pipeline { bundle { packtes = 3 } }", "did you mean `packets`?")]
    [InlineData("pipeline { bundle { Packets = 3 } }", "did you mean `packets`?")]
    [InlineData("pipeline { source { pool { page_bytes = 4k } } }", "did you mean `page-bytes`?")]
    [InlineData("pipeline { bundle { volume = 3 } }", "known here: packets, latency")]
    [InlineData("pipline { bundle { packets = 3 } }", "did you mean `pipeline`?")]
    [InlineData("pipeline { routes = [ { to = stakc } ] }", "did you mean `stack`?")]
    [InlineData("pipeline { routes = [ { to = guests } ] }", "consumers are declared in `consumers { NAME { kind = ... } }`")]
    public void What_was_meant_is_suggested(string text, string help) => Assert.Equal(help, Assert.Single(Configurations.Load(text).Diagnostics).Help);

    [Theory]
    [InlineData("akka { actor { provider = cluster } }", "1:8: error: `akka.actor` cannot be set: the promises of this program rest on its own settings")]
    [InlineData("akka { stdout-loglevel = DEBUG }", "1:8: error: `akka.stdout-loglevel` cannot be set: standard output is for data")]
    [InlineData("akka { loglevel = loud }", "1:19: error: `loglevel` is `loud`; expected one of OFF, ERROR, WARNING, INFO, DEBUG")]
    [InlineData("akka { loggers = [ \"Akka.Event.DefaultLogger, Akka\" ] }", "1:20: error: the logger `Akka.Event.DefaultLogger, Akka`: it writes to standard output, which is for data; without loggers standard error is used")]
    [InlineData("akka { loggers = [ \"No.Such, Type\" ] }", "1:20: error: the logger `No.Such, Type`: there is no such type in this program; expected \"Namespace.Type, Assembly\"")]
    [InlineData("akka { loggers = [ \"System.String\" ] }", "1:20: error: the logger `System.String`: it is no actor, which a logger of Akka is")]
    public void Of_Akka_only_what_is_logged_can_be_set(string text, string expected) => Assert.Equal(["t.conf:" + expected], Configurations.Findings(text));

    [Fact]
    public void A_level_and_a_logger_of_Akka_can_be_set()
    {
        var (options, diagnostics) = Configurations.Load("akka { loglevel = DEBUG, loggers = [ \"Akka.Event.TraceLogger, Akka\" ] }\npipeline.bundle.packets = 8");

        Assert.Empty(diagnostics);
        Assert.Equal((AkkaLogLevel.Debug, "Akka.Event.TraceLogger"), (options!.Akka.LogLevel, Assert.Single(options.Akka.Loggers).FullName));
        Assert.Equal(8, options.Bundle.Packets);
    }

    [Fact]
    public void With_an_error_there_are_no_options() => Assert.Null(Configurations.Load("pipeline.bundle.packets = 0").Options);

    [Fact]
    public void Findings_come_in_the_order_of_the_text()
    {
        var findings = Configurations.Load("pipeline {\n bundle { packets = 0 }\n routes = [ { to = x } ]\n rules = []\n}").Diagnostics;

        Assert.Equal([2, 3, 4], findings.Select(d => d.Source.PositionOf(d.Span.Start).Line));
        Assert.All(findings, d => Assert.Equal(Severity.Error, d.Severity));
    }

    [Fact]
    public void What_is_found_later_can_be_reported_at_its_key()
    {
        var result = Configurations.Load("pipeline {\n  rules = edge.rules\n}");

        Assert.Equal(new TextSpan(21, 10), result.Find("pipeline", "rules")?.Span);
        Assert.Null(result.Find("pipeline", "rules", "nothing"));
    }
}
