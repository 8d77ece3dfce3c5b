using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Hosting;
using Pipeline.AspNetCore;
using Pipeline.Host.Schema;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>A pipeline that an application of somebody's own serves.</summary>
public sealed class MapPipelineTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebApplication? _application;
    private HttpClient _client = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _client.Dispose();
        if (_application is not null) await _application.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_page_the_figures_and_the_metrics_are_below_its_path_and_nothing_else_is_taken()
    {
        await Start();

        Assert.Contains("<title>Pipeline</title>", await _client.GetStringAsync("/net/"));
        Assert.Contains("text/javascript", (await _client.GetAsync("/net/pages/overview.js")).Content.Headers.ContentType!.ToString());
        Assert.Equal(3, JsonDocument.Parse(await _client.GetStringAsync("/net/api/v1/snapshot")).RootElement.GetProperty("ledger").GetProperty("received").GetProperty("packets").GetInt64());
        Assert.Contains("pipeline_received_packets_total", await _client.GetStringAsync("/net/metrics"));
        Assert.Equal("mine", await _client.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/v1/snapshot")).StatusCode);
    }

    [Fact]
    public async Task Who_comes_after_the_end_sees_how_it_ended()
    {
        await Start();

        var stream = await _client.GetStringAsync("/net/api/v1/stream?hz=2");

        Assert.Contains("event: snapshot\ndata: {\"schema\":\"pipeline.snapshot/1\"", stream);
        Assert.Contains("\"atRest\":true", stream);
        Assert.EndsWith("event: bye\ndata: {\"reason\":\"ended\"}\n\n", stream);
    }

    [Fact]
    public async Task The_page_is_led_to_its_slash_because_it_asks_for_the_rest_by_relative_addresses()
    {
        await Start();

        using var answer = await _client.GetAsync("/net");

        Assert.Equal((HttpStatusCode.Redirect, "/net/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Within_a_group_the_page_is_led_to_the_slash_of_the_group()
    {
        await Start();

        using var answer = await _client.GetAsync("/north/net?hz=5");

        Assert.Equal((HttpStatusCode.Redirect, "/north/net/?hz=5"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Addresses_in_answers_are_below_the_base_of_the_application()
    {
        var builder = Builder();
        var sim = new SimulatedOptions { FreeRunning = true, Rate = 1000, Queues = 1 };
        builder.Services.AddPipeline(pipeline => pipeline.ReceiveFrom(_ => SimulatedNic.Open(sim)));
        _application = builder.Build();
        _application.UsePathBase("/base");
        _application.UseRouting();
        _application.MapPipeline("/net");
        await Begin();

        using var page = await _client.GetAsync("/base/net");
        using var capture = await _client.PostAsync("/base/net/api/v1/captures", null);

        Assert.Equal("/base/net/", page.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Created, capture.StatusCode);
        Assert.StartsWith("/base/net/api/v1/captures/", capture.Headers.Location!.OriginalString);
        using var deleted = await _client.DeleteAsync(capture.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_text_that_is_too_large_is_refused_where_the_application_takes_larger_ones(bool tellsItsLength)
    {
        await Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/net/api/v1/rules/check") { Content = new StringContent(new string(' ', Limits.MostBodyBytes + 1)) };
        request.Headers.TransferEncodingChunked = !tellsItsLength;

        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains($"at most {Limits.MostBodyBytes} bytes", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Rules_are_changed_by_the_user_that_the_application_knows()
    {
        await Start(user: "alice");

        using var answer = await _client.PutAsync("/net/api/v1/rules", new StringContent("rule udp match 23:ff:11 mark 0x20\n"));

        // The capture has ended by now, and so has the run: the order came as far as the pipeline.
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("the run is over", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        await Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/net/api/v1/consumers/stack/pause");
        request.Headers.Add(header, value);

        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("another site", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_only_shows_refuses_every_change_and_checks_rules_all_the_same()
    {
        await Start(options => options.IsReadOnly = true);

        using var pause = await _client.PostAsync("/net/api/v1/consumers/stack/pause", null);
        using var check = await _client.PostAsync("/net/api/v1/rules/check", new StringContent("rule udp match 23:ff:11 mark 0x20\n"));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (pause.StatusCode, check.StatusCode));
        Assert.True(JsonDocument.Parse(await _client.GetStringAsync("/net/api/v1/snapshot")).RootElement.GetProperty("readOnly").GetBoolean());
    }

    [Fact]
    public async Task The_applications_policies_say_who_may_read_and_who_may_change()
    {
        await Start(options => (options.ReadPolicy, options.ChangePolicy) = ("people", "operators"), user: "alice");

        using var read = await _client.GetAsync("/net/api/v1/snapshot");
        using var capture = await _client.GetAsync("/net/api/v1/captures");
        using var change = await _client.PostAsync("/net/api/v1/consumers/stack/pause", null);
        using var health = await _client.GetAsync("/net/health/live");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK], [read.StatusCode, capture.StatusCode, change.StatusCode, health.StatusCode]);
    }

    [Theory]
    [InlineData("net")]
    [InlineData("/net/")]
    [InlineData("/")]
    public void A_path_is_one(string path)
    {
        using var application = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }).Build();

        Assert.Throws<ArgumentException>(() => application.MapPipeline(path));
    }

    private async Task Start(Action<PipelineEndpointOptions>? configure = null, string? user = null)
    {
        var capture = new CaptureBytes().PcapHeader();
        for (var i = 0; i < 3; i++) capture.PcapRecord(0, 0, new byte[60]);
        await File.WriteAllBytesAsync(_folder["t.pcap"], capture.ToArray());
        var builder = Builder();
        builder.Services.AddPipeline(pipeline => pipeline.ReadCapture(_folder["t.pcap"]));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Known>("test", _ => { });
        builder.Services.AddAuthorization(policies =>
        {
            policies.AddPolicy("people", policy => policy.RequireAuthenticatedUser());
            policies.AddPolicy("operators", policy => policy.RequireRole("operator"));
        });
        builder.Services.AddSingleton(new User(user));
        _application = builder.Build();
        _application.MapGet("/", () => "mine");
        _application.MapPipeline("/net", configure);
        _application.MapGroup("/{site}").MapPipeline("/net", configure);
        await Begin();
        await _application.Services.GetRequiredService<IPipeline>().Completion;
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    private async Task Begin()
    {
        await _application!.StartAsync();
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_application.Urls.First()) };
    }

    private sealed record User(string? Name);

    /// <summary>Takes everybody for the user of the test.</summary>
    private sealed class Known(Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder, User user)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(user.Name is null
            ? AuthenticateResult.NoResult()
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user.Name)], "test")), "test")));
    }
}
