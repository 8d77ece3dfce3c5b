using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Explaining;

public sealed class ExplainTests : IDisposable
{
    private const string Rules = "rule ip match 12:ffff:0800 mark 0x1/0x1 continue\nrule udp match l3+9:ff:11 mark 0x20/0xf0\n";

    private const string Configuration = """
        pipeline {
          rules = "edge.rules"
          routes = [ { mark = "0x1/0x1", to = all, copy = true }, { mark = "0x20/0xf0", to = guests } ]
          consumers { all { kind = af_packet, write = "all.pcapng" }, guests { kind = bypass, handler = count } }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public ExplainTests()
    {
        File.WriteAllText(_folder["edge.rules"], Rules);
        File.WriteAllText(_folder["edge.conf"], Configuration);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Terms_are_told_in_words()
    {
        Assert.Equal(0, await Explain("12:ffff:0800", "23:ff:11"));
        Assert.Contains("IPv4", _screen.Out);
        Assert.Contains("UDP", _screen.Out);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task An_expression_shows_its_program()
    {
        Assert.Equal(0, await Explain("tcp", "port", "443"));
        Assert.Contains("(000) ldh      [12]", _screen.Out);
    }

    [TheoryThatNeeds(Need.Libpcap)]
    [InlineData(true, "for link type 0 (Null), big-endian", " #0x18  ")]
    [InlineData(false, "for link type 0 (Null)\n", " #0x18000000  ")]
    public async Task An_expression_shows_its_program_for_the_link_type_of_a_capture(bool bigEndian, string link, string instruction)
    {
        File.WriteAllBytes(_folder["lo0.pcap"], LoopbackCapture.Of(0, bigEndian));

        Assert.Equal(0, await Explain("-r", _folder["lo0.pcap"], "ip6"));
        Assert.Contains(link, _screen.Out);
        Assert.Contains(instruction, _screen.Out);
        Assert.Equal(2, await Explain("-r", _folder["lo0.pcap"], "--as", "ebpf", "ip6"));
    }

    [Fact]
    public async Task A_rule_shows_its_program_for_the_kernel()
    {
        Assert.Equal(0, await Explain("--as", "ebpf", "12:ffff:0800"));
        Assert.Contains("1 of 1 rules, ", _screen.Out);
        Assert.Contains("    0: r6 = r1\n", _screen.Out);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_rule_file_shows_its_program_and_what_of_it_stays_in_software()
    {
        File.WriteAllText(_folder["loop.rules"], "rule a match 12:ffff:0800 mark 1\nrule loop filter \"ip6 protochain 6\" mark 2\n");
        Assert.Equal(0, await Explain("--rules", _folder["loop.rules"], "--as", "ebpf"));
        Assert.StartsWith("1 of 2 rules, ", _screen.Out);
        Assert.Contains("left to software: loop: its filter has a loop", _screen.Out);
    }

    [Fact]
    public async Task A_rule_file_shows_the_questions_it_is_compiled_to()
    {
        Assert.Equal(0, await Explain("--rules", _folder["edge.rules"], "--as", "il"));
        Assert.Contains("from 2: l3+9:ff, 1 rule, compared\n", _screen.Out);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task What_makes_no_sense_ends_with_65_and_a_caret()
    {
        Assert.Equal(65, await Explain("tcp prt 443"));
        Assert.Contains("command line:1:1: error:", _screen.Error);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_packet_is_followed_from_rules_to_consumer()
    {
        Assert.Equal(0, await Explain("--config", _folder["edge.conf"], "-r", Corpus.CapturePath("conv__to-pcapng.pcapng"), "-n", "7"));
        Assert.Contains("mark 0x0 becomes 0x1", _screen.Out);
        Assert.Contains("mark 0x1 becomes 0x21", _screen.Out);
        Assert.Contains("copy: mark 0x1/0x1 to consumer all (af_packet, writes ", _screen.Out);
        Assert.EndsWith("route: mark 0x20/0xf0 to consumer guests (bypass, handler count)\n", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_packet_that_is_kept_out_shows_the_guard_and_the_condition_that_it_meets()
    {
        var configuration = _folder["guarded.conf"];
        File.WriteAllText(configuration, "pipeline { rules = \"edge.rules\", keep-out = on }");

        Assert.Equal(0, await Explain("--config", configuration, "-r", Corpus.CapturePath("libpcap__dhcp-rfc3004.pcap"), "-n", "1"));

        Assert.Contains("keep-out icmp-errors: no\nkeep-out dhcp\n  proto+0:ff:11  yes:", _screen.Out);
        Assert.EndsWith("  kept out: no mark, and no rule is tried\nroute: keep-out dhcp to consumer stack (stack)\n", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task Without_routes_the_packet_is_the_stacks()
    {
        Assert.Equal(0, await Explain("--rules", _folder["edge.rules"], "-r", Corpus.CapturePath("conv__to-pcapng.pcapng"), "-n", "99"));
        Assert.EndsWith("route: every mark to consumer stack (stack)\n", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_number_beyond_the_last_packet_is_refused()
    {
        Assert.Equal(2, await Explain("--rules", _folder["edge.rules"], "-r", Corpus.CapturePath("conv__to-pcapng.pcapng"), "-n", "100"));
        Assert.Contains("has 99 packets", _screen.Error);
    }

    [Theory]
    [InlineData("give a rule or expression")]
    [InlineData("give a rule or expression", "-n", "1", "tcp")]
    [InlineData("which rules?", "-r", "x", "-n", "1")]
    [InlineData("which capture?", "--rules", "x", "-n", "1")]
    [InlineData("which packet?", "--rules", "x", "-r", "x")]
    [InlineData("-n 0: expected", "--rules", "x", "-r", "x", "-n", "0")]
    [InlineData("--as c: expected il, cbpf or ebpf", "--as", "c", "tcp")]
    [InlineData("--as shows the program of rules or of an expression", "--rules", "x", "--as", "il", "-n", "1")]
    [InlineData("unknown option -z", "-z")]
    public async Task A_question_that_is_not_whole_is_refused(string message, params string[] arguments)
    {
        Assert.Equal(2, await Explain(arguments));
        Assert.StartsWith($"error: {message}", _screen.Error);
    }

    private Task<int> Explain(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute(["explain", .. arguments]);
}
