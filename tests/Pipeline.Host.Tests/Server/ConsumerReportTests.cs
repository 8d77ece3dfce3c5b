using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Clients that ask for long reports, and consumers that do not answer.</summary>
public sealed class ConsumerReportTests
{
    private const string Path = "/api/v1/consumers/capture/report";

    private static readonly ServerBounds Patient = new() { ReadingPatience = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Whoever_does_not_read_a_report_keeps_nobody_waiting()
    {
        await using var server = await Serve(Patient, _ => Task.FromResult<IReadOnlyList<InstanceReport>>([Long]));
        using var stalled = await Stall(server);

        Assert.StartsWith("HTTP/1.1 200", await First(server));
    }

    [Fact]
    public async Task Of_too_many_who_do_not_read_the_oldest_is_cut_off()
    {
        await using var server = await Serve(Patient with { MostReports = 1 }, _ => Task.FromResult<IReadOnlyList<InstanceReport>>([Long]));
        using var oldest = await Stall(server);

        using var next = await Stall(server);

        Assert.True(oldest.WaitsForReset());
    }

    [Fact]
    public async Task Whoever_waits_too_long_for_a_consumer_or_for_the_turn_is_told()
    {
        await using var server = await Serve(Patient with { ReportPatience = TimeSpan.FromMilliseconds(200) }, async stop =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return [];
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => First(server)));

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 503", answer));
    }

    /// <summary>Far more than the system buffers for a connection.</summary>
    private static InstanceReport Long => new("capture-0", 1, 1, new string('x', 8_000_000));

    private static async Task<IDashboard> Serve(ServerBounds bounds, Func<CancellationToken, Task<IReadOnlyList<InstanceReport>>> reporting)
    {
        var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions(), bounds);
        server.Attach(new FakeRun { Current = Views.Full, Reporting = reporting });
        return server;
    }

    private static async Task<Wire> Stall(IDashboard server)
    {
        var wire = await Wire.Open(server.Url, receiveBuffer: 4096);
        await wire.Send($"GET {Path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await wire.Some());
        return wire;
    }

    /// <summary>The beginning of an answer.</summary>
    private static async Task<string> First(IDashboard server)
    {
        using var wire = await Wire.Open(server.Url);
        await wire.Send($"GET {Path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return await wire.Some();
    }
}
