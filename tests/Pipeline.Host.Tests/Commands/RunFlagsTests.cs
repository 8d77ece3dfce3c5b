using Pipeline.Actors.Configuration;
using Pipeline.Host.Commands;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Commands;

public sealed class RunFlagsTests
{
    [Fact]
    public void Flags_keep_the_letters_of_tcpdump_and_dumpcap()
    {
        var flags = Flags("-r", "in.pcap", "-w", "out.pcapng", "-c", "10", "-s", "96", "-a", "duration:2.5");

        Assert.Equal(
            new RunFlags { Read = "in.pcap", Write = "out.pcapng", Count = 10, SnapLength = 96, StopAfter = TimeSpan.FromSeconds(2.5) },
            flags);
    }

    [Fact]
    public void Long_flags_are_read()
    {
        var flags = Flags("--rules", "a.rules", "--config", "a.conf", "--split", "out", "--json", "--no-color", "--dashboard", "off");

        Assert.Equal(new RunFlags { Rules = "a.rules", Configuration = "a.conf", SplitFolder = "out", Json = true, NoColor = true, Dashboard = DashboardOptions.Off }, flags);
    }

    [Fact]
    public void A_value_may_stick_to_its_letter() => Assert.Equal(new RunFlags { Read = "in.pcap", Count = 3 }, Flags("-rin.pcap", "-c3"));

    [Fact]
    public void A_minus_stands_for_the_standard_streams() => Assert.Equal(new RunFlags { Read = "-", Write = "-" }, Flags("-r", "-", "-w", "-"));

    [Fact]
    public void Rotation_is_counted_in_units_of_1000_bytes()
    {
        var flags = Flags("-w", "x", "-b", "filesize:5", "-b", "files:3", "-b", "duration:60");

        Assert.Equal(new RotateOptions { FileBytes = 5000, Files = 3, Duration = TimeSpan.FromMinutes(1) }, flags.Rotate);
    }

    [Fact]
    public void Tcpdumps_limits_are_those_of_dumpcap()
    {
        Assert.Equal(new RotateOptions { FileBytes = 2_000_000, Files = 3 }, Flags("-w", "x", "-C", "2", "-W", "3").Rotate);
        Assert.Equal(new RotateOptions { Duration = TimeSpan.FromSeconds(60), LastFile = 3 }, Flags("-w", "x", "-G", "60", "-W", "3").Rotate);
        Assert.Equal(new RotateOptions { FileBytes = 5000, LastFile = 1 }, Flags("-w", "x", "-a", "filesize:5").Rotate);
        Assert.Equal(new RotateOptions { Packets = 9, LastFile = 2 }, Flags("-w", "x", "-b", "packets:9", "-a", "files:2").Rotate);
        Assert.Equal(7, Flags("-a", "packets:7").Count);
    }

    [Fact]
    public void Short_flags_may_stand_together()
    {
        var flags = Flags("-nnXXer", "a.pcap", "-tttt", "-U");

        Assert.Equal(("a.pcap", true), (flags.Read, flags.IsFlushedAtOnce));
        Assert.Equal(new PrintFlags { IsMeant = true, Bytes = PrintedBytes.HexAndAscii, BytesBeginWithLink = true, ShowsLink = true, Time = PrintedTime.DateAndTime }, flags.Printing);
    }

    [Fact]
    public void Captures_and_configurations_may_be_several()
    {
        var flags = Flags("-r", "a", "-r", "b", "-r", "c", "--config", "x", "--config", "y");

        Assert.Equal(["a", "b", "c", "x", "y"], [flags.Read!, .. flags.LaterReads, .. flags.Configurations]);
    }

    [Fact]
    public void An_expression_may_be_in_a_file_with_comments()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["web.filter"], "# the web\ntcp port 80\n  or tcp port 443 # both\n");

        Assert.Equal("tcp port 80 or tcp port 443", Flags("-F", folder["web.filter"]).Expression);
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0.5", 0.5)]
    [InlineData("max", double.PositiveInfinity)]
    public void Replay_speed_is_a_factor(string text, double expected) => Assert.Equal(expected, Flags("--replay-speed", text).ReplaySpeed);

    [Theory]
    [InlineData("tcp port 443", "tcp", "port", "443")]
    [InlineData("tcp[13] & 2 != 0", "tcp[13] & 2 != 0")]
    [InlineData("tcp[13] & 2 != 0", "tcp[13]", "&", "2", "!=", "0")]
    [InlineData("ip[2:2] - 20 > 0", "ip[2:2]", "-", "20", ">", "0")]
    [InlineData("@file or [x]", "@file", "or", "[x]")]
    [InlineData("-1 = 2", "--", "-1", "=", "2")]
    [InlineData("tcp -r", "tcp", "--", "-r")]
    public void Words_of_an_expression_are_joined_with_spaces(string expected, params string[] words) =>
        Assert.Equal(expected, Flags(words).Expression);

    [Fact]
    public void Options_may_stand_behind_an_expression() =>
        Assert.Equal(new RunFlags { Read = "in.pcap", Expression = "tcp port 80", Quiet = true }, Flags("tcp", "port", "80", "-r", "in.pcap", "-q"));

    [Theory]
    [InlineData("there is no -z: nothing is run for a finished file", "-w", "x", "-z", "gzip")]
    [InlineData("there is no -P: a name that ends in .pcap is written as pcap", "-P")]
    [InlineData("unknown option -%", "tcp", "-%")]
    [InlineData("unknown option --tcp", "--tcp")]
    [InlineData("-c 0: expected a number of packets", "-c", "0")]
    [InlineData("-c ten: expected a number of packets", "-c", "ten")]
    [InlineData("-c 99999999999999999999: expected", "-c", "99999999999999999999")]
    [InlineData("-s x: expected a number of bytes", "-s", "x")]
    [InlineData("-a 10: expected duration:SECONDS", "-a", "10")]
    [InlineData("-b says when a capture goes on", "-a", "filesize:10")]
    [InlineData("-a size:10: expected duration:SECONDS, packets:N, filesize:KB or files:N", "-w", "x", "-a", "size:10")]
    [InlineData("-a files:2 says after how many files to stop", "-w", "x", "-a", "files:2")]
    [InlineData("-a files:, -a filesize: and -W with -G are for the one capture of -w", "--split", "x", "-a", "filesize:2")]
    [InlineData("-c and -a packets: say the same", "-c", "1", "-a", "packets:1")]
    [InlineData("-b interval:60: files do not begin at full intervals of the clock; -b duration:SECONDS", "-w", "x", "-b", "interval:60")]
    [InlineData("-C and -b filesize: say the same", "-w", "x", "-C", "1", "-b", "filesize:1")]
    [InlineData("-C x: expected a whole number of MB", "-w", "x", "-C", "x")]
    [InlineData("-W is a number of files; say when a file ends", "-w", "x", "-W", "2")]
    [InlineData("-W with both -C and -G is not clear; give -b files:N", "-w", "x", "-W", "2", "-C", "1", "-G", "1")]
    [InlineData("-w x-%H: times are not put in place of %", "-w", "x-%H", "-G", "1")]
    [InlineData("-F reads the expression from a file, and there is another", "-F", "x", "tcp")]
    [InlineData("-A prints bytes as text", "-A", "-X")]
    [InlineData("-ttt and -ttttt", "-ttt")]
    [InlineData("--count prints a number", "--count", "--json")]
    [InlineData("--count prints a number", "--count", "--print")]
    [InlineData("-r -: standard input can be read once", "-r", "-", "-r", "-")]
    [InlineData("-a duration:0: expected a number of seconds", "-a", "duration:0")]
    [InlineData("-a duration:1e99: expected a number of seconds", "-a", "duration:1e99")]
    [InlineData("-b says when a capture goes on", "-b", "filesize:10")]
    [InlineData("-b cannot start a new file on standard output", "-w", "-", "-b", "filesize:10")]
    [InlineData("-b files:3 says how many files to keep", "-w", "x", "-b", "files:3")]
    [InlineData("-b filesize is given twice", "-w", "x", "-b", "filesize:1", "-b", "filesize:2")]
    [InlineData("-b filesize:0: expected a whole number", "-w", "x", "-b", "filesize:0")]
    [InlineData("-b filesize:9223372036854775807: expected a whole number", "-w", "x", "-b", "filesize:9223372036854775807")]
    [InlineData("-b size:1: expected filesize:KB", "-w", "x", "-b", "size:1")]
    [InlineData("--replay-speed 0: expected", "--replay-speed", "0")]
    [InlineData("--replay-speed NaN: expected", "--replay-speed", "NaN")]
    [InlineData("--dashboard 8480: expected ADDRESS:PORT", "--dashboard", "8480")]
    [InlineData("--dashboard 127.0.0.1:65536: expected", "--dashboard", "127.0.0.1:65536")]
    [InlineData("--dashboard host:80: expected", "--dashboard", "host:80")]
    [InlineData("-q and -v", "-q", "-v")]
    [InlineData("-r: the file name is empty", "-r", "")]
    [InlineData("--sim: the file name is empty", "--sim", "")]
    [InlineData("-w x.pcap.XZ: a file named .XZ would not be compressed, only .gz and .zst are; write to - and pipe it into `xz`", "-r", "y", "-w", "x.pcap.XZ")]
    [InlineData("-w x.lz4: a file named .lz4 would not be compressed, only .gz and .zst are; write to - and pipe it into `lz4`", "-r", "y", "-w", "x.lz4", "-b", "filesize:5")]
    [InlineData("-r and --sim are two sources", "-r", "x", "--sim", "imix")]
    [InlineData("--seed is the simulator's", "-r", "x", "--seed", "1")]
    [InlineData("--seed -1: expected a whole number", "--sim", "imix", "--seed=-1")]
    [InlineData("-r and -i are two sources", "-r", "x", "-i", "eth0")]
    [InlineData("-i and --sim are two sources", "--sim", "imix", "-i", "eth0")]
    [InlineData("--replay-speed is for captures read with -r", "-i", "eth0", "--replay-speed", "1")]
    [InlineData("-i eth0:dpdk: dpdk is no backend; expected one of afxdp, afpacket, tap", "-i", "eth0:dpdk")]
    [InlineData("-i eth0:: expected IF, IF:BACKEND or IF:BACKEND:QUEUES", "-i", "eth0:")]
    [InlineData("-i eth0:afxdp:0: expected a number of queues from 1 to 256", "-i", "eth0:afxdp:0")]
    [InlineData("-i eth0:afxdp:1:2: expected IF", "-i", "eth0:afxdp:1:2")]
    [InlineData("-Q both: expected in, out or inout", "-i", "eth0", "-Q", "both")]
    [InlineData("--replay-speed is for captures", "--sim", "imix", "--replay-speed", "1")]
    public void What_cannot_be_obeyed_is_refused_with_what_was_expected(string message, params string[] arguments) =>
        Assert.StartsWith(message, Assert.Throws<UsageException>(() => Flags(arguments)).Message);

    [Theory]
    [InlineData("eth0", "eth0", null, null)]
    [InlineData("eth0:afpacket", "eth0", "afpacket", null)]
    [InlineData("eth0:afxdp:4", "eth0", "afxdp", 4)]
    public void An_interface_may_name_its_backend_and_its_queues(string text, string name, string? backend, int? queues) =>
        Assert.Equal(new RunFlags { Interface = new InterfaceFlag(name, backend, queues) }, Flags("-i", text));

    [Fact]
    public void The_direction_and_the_mode_of_an_interface_are_flags_of_their_own() =>
        Assert.Equal(
            new RunFlags { Interface = new InterfaceFlag("eth0", null, null), Direction = PacketDirection.InOut, IsNotPromiscuous = true },
            Flags("-i", "eth0", "-Q", "inout", "-p"));

    [Theory]
    [InlineData("127.0.0.1:8480", "127.0.0.1:8480")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    public void The_dashboard_listens_at_an_address_and_a_port(string given, string address) =>
        Assert.Equal(address, Flags("--dashboard", given).Dashboard?.ToString());

    private static RunFlags Flags(params string[] arguments)
    {
        var program = new CommandLine(new Screen().Terminal, new Parts());
        var line = program.Parse(["run", .. arguments]);
        Assert.Empty(line.Errors);
        return ((RunCommand)line.CommandResult.Command).FlagsOf(line);
    }
}
