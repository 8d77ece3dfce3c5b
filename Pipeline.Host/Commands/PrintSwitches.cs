using System.CommandLine;
using Pipeline.Nic.Consumers.Printing;

namespace Pipeline.Host.Commands;

/// <summary>The options of <c>run</c> that print packets, with tcpdump's letters.</summary>
internal sealed class PrintSwitches
{
    private readonly Option<bool> _print = Switch("--print", "print a line for each packet that matches EXPR (any without one), also with -w; done anyway with EXPR or -n where nothing else is done with packets");
    private readonly Option<bool> _numeric = Switch("-n", "print addresses and ports as numbers, which is always done; -nn is the same");
    private readonly Option<bool> _ascii = Switch("-A", "print each packet's bytes as text too; -AA begins with the link header");
    private readonly Option<bool> _hex = Switch("-x", "print each packet's bytes as hex too; -xx begins with the link header");
    private readonly Option<bool> _hexAndAscii = Switch("-X", "print each packet's bytes as hex and text too; -XX begins with the link header");
    private readonly Option<bool> _link = Switch("-e", "print the link header's addresses and type too");
    private readonly Option<bool> _time = Switch("-t", "print no time; -tt seconds since 1970; -tttt date and time");

    private readonly Option<bool> _lines = Switch("-l", "write each line as it comes, which is always done");
    private readonly Option<bool> _absolute = Switch("-S", "print sequence numbers as they are in the packet, which is always done");

    public IEnumerable<Option> All => [_print, _numeric, _ascii, _hex, _hexAndAscii, _link, _time, _lines, _absolute];

    /// <exception cref="UsageException">Two forms of bytes are asked for, or a form of times that there is not.</exception>
    public PrintFlags Read(ParseResult line)
    {
        var form = BytesOf(line);
        var times = TimesOf(line);
        return new PrintFlags
        {
            IsAskedFor = line.GetValue(_print),
            IsMeant = new[] { _numeric, _link, _time, _lines, _absolute }.Any(o => Times(line, o) > 0) || form != PrintedBytes.None,
            Bytes = form,
            BytesBeginWithLink = Times(line, _ascii) > 1 || Times(line, _hex) > 1 || Times(line, _hexAndAscii) > 1,
            ShowsLink = line.GetValue(_link),
            Time = times,
        };
    }

    private PrintedBytes BytesOf(ParseResult line)
    {
        var (ascii, hex, both) = (Times(line, _ascii) > 0, Times(line, _hex) > 0, Times(line, _hexAndAscii) > 0);
        if (ascii && (hex || both)) throw new UsageException("-A prints bytes as text, -x and -X as hex; give one of them");
        return both ? PrintedBytes.HexAndAscii : hex ? PrintedBytes.Hex : ascii ? PrintedBytes.Ascii : PrintedBytes.None;
    }

    private PrintedTime TimesOf(ParseResult line) => Times(line, _time) switch
    {
        0 => PrintedTime.OfDay,
        1 => PrintedTime.None,
        2 => PrintedTime.Unix,
        4 => PrintedTime.DateAndTime,
        _ => throw new UsageException("-ttt and -ttttt, times between packets, are not there; there are -t (none), -tt (seconds since 1970) and -tttt (date and time)"),
    };

    /// <summary>How often it was given.</summary>
    private static int Times(ParseResult line, Option option) => line.GetResult(option)?.IdentifierTokenCount ?? 0;

    private static Option<bool> Switch(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };
}
