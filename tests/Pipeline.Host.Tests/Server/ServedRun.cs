using System.Net;
using System.Text;
using System.Text.Json;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Pipeline.Host.Running;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Host.Tests.Server;

/// <summary>
/// A real server before a real pipeline that has received <see cref="Packets"/> packets and waits an hour for the next, unless it is
/// told to end.
/// </summary>
internal sealed class ServedRun : IAsyncDisposable
{
    public const int Packets = 100;

    /// <summary>Every fourth packet is for port 53.</summary>
    public const string Rules = "rule dns match 36:ffff:0035 mark 0x10\nrule udp match 23:ff:11 mark 0x20\n";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly IDashboard _server;

    private ServedRun(IDashboard server)
    {
        _server = server;
        // Whom a client trusts is tried elsewhere (NodeTlsTests).
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } };
        Client = new HttpClient(handler) { BaseAddress = new Uri(server.Url), Timeout = Patience };
    }

    public HttpClient Client { get; }

    public PipelineRun Run { get; private set; } = null!;

    public string Url => _server.Url;

    /// <summary>A capture of the packets that it has received, and the one that it waits for.</summary>
    public string Capture => _folder["t.pcap"];

    public string this[string file] => _folder[file];

    /// <summary>Writes a file beside the capture.</summary>
    /// <returns>Its path.</returns>
    public string Write(string file, string text)
    {
        File.WriteAllText(_folder[file], text);
        return _folder[file];
    }

    public static async Task<ServedRun> Start(DashboardOptions? options = null, IPAddress? address = null, bool writes = false, ServerBounds? bounds = null, string? ruleFile = null, string handler = "count", bool releases = false)
    {
        var served = new ServedRun(await DashboardServer.Start(new IPEndPoint(address ?? IPAddress.Loopback, 0), options ?? new DashboardOptions(), bounds));
        await served.Begin(writes, ruleFile is null ? null : served[ruleFile], handler, releases);
        return served;
    }

    public async Task<JsonElement> Json(string path)
    {
        using var document = JsonDocument.Parse(await Client.GetStringAsync(path));
        return document.RootElement.Clone();
    }

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, string? text = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (text is not null) request.Content = new StringContent(text, Encoding.UTF8, "text/plain");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Stops the server alone.</summary>
    public ValueTask Stop() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await Run.DisposeAsync();
        _folder.Dispose();
    }

    /// <param name="writes">Whether there is a consumer <c>file</c> that writes a capture.</param>
    /// <param name="ruleFile">The file that the rules are read from, written here; null for rules that are in no file.</param>
    /// <param name="handler">The handler of the consumers <c>watch</c> and <c>dns</c>.</param>
    /// <param name="releases">Whether the consumer <c>watch</c> has seen enough of a flow after one packet.</param>
    private async Task Begin(bool writes, string? ruleFile, string handler, bool releases)
    {
        if (ruleFile is not null) await File.WriteAllTextAsync(ruleFile, Rules);
        var counting = new[] { "watch", "dns" }.Select(n => new ConsumerOptions { Name = n, Kind = ConsumerKind.Bypass, Handler = handler, ReleaseAfter = releases && n == "watch" ? new ReleaseAfterOptions { Packets = 1 } : null });
        var writing = new ConsumerOptions { Name = "file", Kind = ConsumerKind.AfPacket, Write = _folder["out.pcapng"] };
        await File.WriteAllBytesAsync(Capture, Sent());
        Run = PipelineRun.Start(new PipelineSetup
        {
            Nic = new TimedReplayNic(CaptureFileNic.Open(Capture, 64 * 1024, 4), 1, TimeProvider.System),
            Rules = RuleParser.Parse(new SourceText("first.rules", Rules), out _)!,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { File = Capture },
                Rules = ruleFile,
                Routes =
                [
                    new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "watch", Copy = true },
                    new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "dns" },
                    .. writes ? [new RouteOptions { Mark = 0x77, MarkMask = uint.MaxValue, To = "file" }] : Array.Empty<RouteOptions>(),
                ],
                Consumers = (writes ? counting.Append(writing) : counting).ToDictionary(c => c.Name),
            },
        });
        _server.Attach(new Run(Run));
        await foreach (var view in Run.Watch(TimeSpan.Zero))
        {
            if (view.Ledger.Delivered.Packets + view.Ledger.Passed.Packets == Packets) break;
        }
    }

    /// <summary>UDP over IPv4, all at once but for the last, which comes an hour later.</summary>
    private static byte[] Sent()
    {
        var capture = new CaptureBytes().PcapHeader();
        for (var i = 0; i <= Packets; i++)
        {
            var packet = new byte[60];
            (packet[12], packet[14], packet[23], packet[37]) = (8, 0x45, 17, (byte)(i % 4 == 0 ? 53 : 80));
            capture.PcapRecord(i == Packets ? 3600u : 0, 0, packet);
        }

        return capture.ToArray();
    }
}
