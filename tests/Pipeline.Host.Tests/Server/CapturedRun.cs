using System.Net;
using System.Text;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Host.Tests.Server;

/// <summary>A real server before a real pipeline that reads <see cref="Packets"/> packets once it is told to, and then ends.</summary>
internal sealed class CapturedRun : IAsyncDisposable
{
    public const int Packets = 1000;

    private readonly TemporaryFolder _folder = new();
    private readonly IDashboard _server;
    private readonly GatedNic _nic;

    private CapturedRun(IDashboard server, int bytes)
    {
        _server = server;
        Client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = ServedRun.Patience };
        File.WriteAllBytes(_folder["t.pcap"], Sent(bytes));
        _nic = new GatedNic(CaptureFileNic.Open(_folder["t.pcap"]));
        Run = PipelineRun.Start(new PipelineSetup
        {
            Nic = _nic,
            Rules = RuleParser.Parse(new SourceText("t.rules", ServedRun.Rules), out _)!,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { File = _folder["t.pcap"] },
                Routes = [new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "dns" }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["dns"] = new() { Name = "dns", Kind = ConsumerKind.Bypass, Handler = "count" } },
            },
        });
        _server.Attach(new Run(Run));
    }

    public HttpClient Client { get; }

    public PipelineRun Run { get; }

    public string Url => _server.Url;

    public string this[string file] => _folder[file];

    /// <param name="bytes">Of each packet.</param>
    public static async Task<CapturedRun> Start(int bytes = 60, ServerBounds? bounds = null) =>
        new(await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions(), bounds), bytes);

    /// <summary>Lets the packets come.</summary>
    public void Open() => _nic.Open();

    /// <summary>Stops the server alone.</summary>
    public ValueTask StopServer() => _server.DisposeAsync();

    /// <returns>The id of a capture that has been started.</returns>
    public async Task<string> Capture(string body)
    {
        using var answer = await Client.PostAsync("/api/v1/captures", new StringContent(body, Encoding.UTF8, "application/json"));
        if (answer.StatusCode != HttpStatusCode.Created) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        return CaptureEndpointTests.Id(await CaptureEndpointTests.Json(answer));
    }

    public Task<HttpResponseMessage> Follow(string id) => Client.GetAsync($"/api/v1/captures/{id}", HttpCompletionOption.ResponseHeadersRead);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await Run.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>UDP over IPv4, every fourth to port 53, a millisecond apart.</summary>
    private static byte[] Sent(int bytes)
    {
        var capture = new CaptureBytes().PcapHeader();
        for (var i = 0; i < Packets; i++)
        {
            var packet = new byte[bytes];
            (packet[12], packet[14], packet[16], packet[17], packet[23], packet[37]) = (8, 0x45, (byte)((bytes - 14) >> 8), (byte)(bytes - 14), 17, (byte)(i % 4 == 0 ? 53 : 80));
            (packet[38], packet[39]) = ((byte)((bytes - 34) >> 8), (byte)(bytes - 34));
            capture.PcapRecord((uint)(1_700_000_000 + (i / 1000)), (uint)(i % 1000) * 1000, packet);
        }

        return capture.ToArray();
    }
}
