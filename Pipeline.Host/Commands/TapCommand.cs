using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Host.Tapping;
using Pipeline.Nic.Consumers;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline tap</c>: the packets of a running pipeline as pcapng, without end.</summary>
internal sealed class TapCommand : NodeVerb
{
    /// <summary>Where a shell of sshd says which connection it has: addresses and ports of the client and the server.</summary>
    private const string SshConnection = "SSH_CONNECTION";

    private readonly Option<string> _filter = Value("-f", "EXPR", "only packets that match a pcap-filter expression");
    private readonly Option<string> _snapLength = Value("-s", "LEN", "keep at most so many bytes of each packet");
    private readonly Option<string> _count = Value("-c", "COUNT", "stop after COUNT packets (with --listen: for each reader)");
    private readonly Option<string> _write = Value("-w", "FILE|-", "write to a file, or to standard output (default -)");
    private readonly Option<string> _listen = Value("--listen", "ADDR:PORT", "give the packets to every reader that connects (Wireshark: TCP@ADDR:PORT)");
    private readonly Option<bool> _plain = Switch("--plain", "let readers on other machines have them, although anybody there can");
    private readonly Option<string> _at = Value("--at", "POINT", "received (default), rule:NAME, route:NAME or dropped");
    private readonly Option<bool> _quiet = Switch("-q", "say nothing but errors");

    public TapCommand()
        : base("tap", "the packets of a running pipeline as pcapng: for Wireshark, a file or another program", "print the counts at the end as one JSON object, on standard error if packets are on standard output") =>
        AddAll(_filter, _snapLength, _count, _write, _listen, _plain, _at, _quiet);

    /// <summary>An interrupt ends it, after the file has its end.</summary>
    public override bool Runs => true;

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline tap -f 'udp port 53' | wireshark -k -i -", "in Wireshark; from another machine: ssh HOST \"pipeline tap -f 'udp port 53'\" | wireshark -k -i -"),
        ("pipeline tap --listen 127.0.0.1:57012", "for any number of readers: wireshark -k -i TCP@127.0.0.1:57012"),
        ("pipeline tap --at dropped -c 100 -w lost.pcapng", "a hundred of the packets that a router dropped"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var (listen, write) = (Endpoint(line), line.GetValue(_write));
        if (listen is not null && write is not null) throw new UsageException("-w and --listen: give one of them");
        var wanted = new CaptureRequest
        {
            IsTap = true,
            Filter = line.GetValue(_filter) ?? "",
            Packets = FlagValues.Count("-c", line.GetValue(_count)) ?? 0,
            SnapLength = FlagValues.SnapLength("-s", line.GetValue(_snapLength)) ?? 0,
            At = PointOf(line.GetValue(_at)),
            Except = listen is null && write is null or "-" ? Ssh(terminal) : [],
        };
        var tap = new NodeTap(node, wanted);
        Action<string> say = line.GetValue(_quiet) ? _ => { } : terminal.Error.WriteLine;
        return listen is not null
            ? await Listen(listen, node, tap, wanted.Packets, say, WantsJson(line) ? terminal.Out : null, parts.Signals.Interrupted)
            : await Write(write ?? "-", tap, say, line, terminal, parts.Signals.Interrupted);
    }

    private async Task<int> Write(string path, NodeTap tap, Action<string> say, ParseResult line, Terminal terminal, Task interrupted)
    {
        // A file is not emptied for nothing.
        if (path != "-") await tap.Check();
        using var output = TapOutput.Open(path, terminal);
        var copy = new TapCopy(tap);
        var isUnwanted = false;
        try
        {
            await copy.Run([], output.Write, interrupted, CancellationToken.None);
        }
        catch (OutputException error) when (error.IsClosedPipe)
        {
            isUnwanted = true;
        }

        Tell(copy.Packets, copy.Missed, copy.IsWhole || isUnwanted, say, WantsJson(line) ? path == "-" ? terminal.Error : terminal.Out : null);
        return copy.IsWhole || isUnwanted ? ExitCodes.Ok : throw new NodeException("the pipeline went away before it sent the end; more may have been missed", ExitCodes.Unavailable);
    }

    private static async Task<int> Listen(IPEndPoint at, NodeClient node, NodeTap tap, long most, Action<string> say, TextWriter? json, Task interrupted)
    {
        await tap.Check();
        using var listener = new TcpListener(at);
        try
        {
            listener.Start();
        }
        catch (SocketException error)
        {
            throw new OutputException($"--listen {at}", $"nobody can listen there: {error.Message}");
        }

        say($"listening: wireshark -k -i TCP@{listener.LocalEndpoint}");
        var server = new TapListener(node, tap, most, say);
        await server.Serve(listener, interrupted);
        Tell(server.Packets, server.Missed, true, say, json);
        return ExitCodes.Ok;
    }

    private static void Tell(long packets, long missed, bool isWhole, Action<string> say, TextWriter? json)
    {
        if (json is null) say($"{packets} packets, {missed} missed");
        else json.WriteLine(JsonText.Of(TapJson.Of(packets, missed, isWhole), JsonShapes.Default.TapJson));
    }

    private IPEndPoint? Endpoint(ParseResult line)
    {
        if (line.GetValue(_listen) is not { } text) return null;
        if (!Endpoints.TryRead(text, out var at)) throw new UsageException($"--listen {text}: expected ADDRESS:PORT with a numeric address, such as 127.0.0.1:57012");
        return IPAddress.IsLoopback(at.Address) || line.GetValue(_plain)
            ? at
            : throw new UsageException($"--listen {text}: every machine that reaches it could read the packets; add --plain where that is meant, or listen on 127.0.0.1");
    }

    private static CapturePoint PointOf(string? text) =>
        text is null ? CapturePoint.Received : CapturePoint.Read(text) ?? throw new UsageException($"--at {text}: expected received, rule:NAME, route:NAME or dropped");

    /// <summary>What goes to standard output in a session of sshd goes over its connection.</summary>
    private static IReadOnlyList<CaptureConnection> Ssh(Terminal terminal) =>
        terminal.Environment.GetValueOrDefault(SshConnection, "").Split(' ') is [var client, var clientPort, var server, var serverPort]
            && At(client, clientPort) is { } from && At(server, serverPort) is { } to
            ? [new(to, from)]
            : [];

    private static IPEndPoint? At(string address, string port) =>
        IPAddress.TryParse(address, out var a) && ushort.TryParse(port, out var p) && p > 0 ? new IPEndPoint(a, p) : null;
}
