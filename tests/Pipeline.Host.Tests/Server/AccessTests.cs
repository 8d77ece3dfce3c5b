using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class AccessTests
{
    private const string Other = "rule all match 0:00:00 mark 1\n";

    private static readonly DashboardOptions BothTokens = new() { ReadToken = "look", ChangeToken = "touch" };

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:9", 200)]
    [InlineData("127.0.0.1:12345", 200)]
    [InlineData("127.1.2.3", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("127.0.0.1.evil.example:8480", 403)]
    [InlineData("192.0.2.1", 403)]
    public async Task Only_our_own_names_are_answered_to(string host, int status)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/snapshot", null, ("Host", host));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "", 200)]
    [InlineData("Origin", "http://ours", 200)]
    [InlineData("Origin", "https://ours", 403)]
    [InlineData("Origin", "ftp://ours", 403)]
    [InlineData("Origin", "http://me@ours", 403)]
    [InlineData("Origin", "http://me:word@ours", 403)]
    [InlineData("Origin", "http://ours/", 403)]
    [InlineData("Origin", "http://ours, http://ours", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "something-new", 403)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task A_page_of_another_site_changes_nothing(string header, string value, int status)
    {
        await using var served = await ServedRun.Start();
        value = value.Replace("ours", served.Client.BaseAddress!.Authority, StringComparison.Ordinal);

        using var answer = await served.Send(HttpMethod.Put, "/api/v1/rules", Other, value.Length == 0 ? [] : [(header, value)]);

        Assert.Equal((status, status == 200 ? 2 : 1), ((int)answer.StatusCode, served.Run.RuleHistory[^1].Number));
    }

    [Theory]
    [InlineData("GET", "/api/v1/snapshot", null, 401)]
    [InlineData("GET", "/api/v1/snapshot", "Bearer wrong", 401)]
    [InlineData("GET", "/api/v1/snapshot", "Basic look", 401)]
    [InlineData("GET", "/api/v1/snapshot", "Bearer look", 200)]
    [InlineData("GET", "/api/v1/snapshot", "bearer touch", 200)]
    [InlineData("GET", "/metrics", null, 401)]
    [InlineData("GET", "/api/v1/stream?hz=99", null, 401)]
    [InlineData("PUT", "/api/v1/rules", null, 401)]
    [InlineData("PUT", "/api/v1/rules", "Bearer look", 403)]
    [InlineData("PUT", "/api/v1/rules", "Bearer touch", 200)]
    [InlineData("POST", "/api/v1/rules/rollback/1", "Bearer look", 403)]
    [InlineData("POST", "/api/v1/rules/check", "Bearer look", 200)]
    [InlineData("GET", "/health/live", null, 200)]
    [InlineData("GET", "/", null, 200)]
    public async Task Reading_and_changing_are_rights_of_their_own(string method, string path, string? authorization, int status)
    {
        await using var served = await ServedRun.Start(BothTokens with { Plain = true }, IPAddress.Any);
        var address = new Uri($"http://127.0.0.1:{served.Client.BaseAddress!.Port}{path}");
        var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = method == "GET" ? null : new StringContent(Other) };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var answer = await served.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task With_a_token_to_read_alone_nobody_changes_anything()
    {
        await using var served = await ServedRun.Start(new DashboardOptions { ReadToken = "look" });

        using var answer = await served.Send(HttpMethod.Put, "/api/v1/rules", Other, ("Authorization", "Bearer look"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("pipeline.example", null, 200)]
    [InlineData("PIPELINE.example:8443", null, 200)]
    [InlineData("[2001:db8::1]:1", null, 200)]
    [InlineData("other.pipeline.example", null, 403)]
    [InlineData("pipeline.example", "http://pipeline.example", 200)]
    [InlineData("pipeline.example:8443", "http://pipeline.example:8443", 200)]
    [InlineData("pipeline.example:8443", "https://pipeline.example:8443", 200)]
    [InlineData("127.0.0.1:8480", "https://pipeline.example", 200)]
    [InlineData("127.0.0.1:8480", "https://pipeline.example:9", 403)]
    [InlineData("pipeline.example", "https://evil.example", 403)]
    [InlineData("evil.example", "https://pipeline.example", 403)]
    public async Task A_name_that_is_configured_is_ours_for_a_page_and_for_a_proxy_with_a_certificate(string host, string? origin, int status)
    {
        await using var served = await ServedRun.Start(new DashboardOptions { Hosts = ["pipeline.example", "2001:db8::1"] });

        using var answer = await served.Send(HttpMethod.Put, "/api/v1/rules", Other, origin is null ? [("Host", host)] : [("Host", host), ("Origin", origin)]);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Tokens_do_not_cross_a_network_in_the_clear_unless_that_is_meant()
    {
        var error = await Assert.ThrowsAsync<UsageException>(() => DashboardServer.Start(new IPEndPoint(IPAddress.Any, 0), BothTokens));

        Assert.StartsWith("tokens would cross the network to 0.0.0.0:0 in the clear; give the dashboard a certificate", error.Message);
        Assert.Contains("plain = yes", error.Message);
    }

    [Theory]
    [InlineData("/api/v1/snapshot", 200)]
    [InlineData("/api/v1/captures", 200)]
    [InlineData("/health/live", 200)]
    [InlineData("/nothing", 404)]
    [InlineData("/api/v1/events?after=x", 400)]
    public async Task Every_answer_forbids_browsers_to_keep_it_and_to_load_anything_else(string path, int status)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, path);

        Assert.Equal((status, "no-store", "nosniff", "no-referrer"), ((int)answer.StatusCode, answer.Headers.CacheControl?.ToString(), Header("X-Content-Type-Options"), Header("Referrer-Policy")));
        Assert.StartsWith("default-src 'none'", Header("Content-Security-Policy"));

        string Header(string name) => answer.Headers.GetValues(name).Single();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("::")]
    public async Task Without_a_token_it_does_not_listen_where_other_machines_reach_it(string address)
    {
        var error = await Assert.ThrowsAsync<UsageException>(() => DashboardServer.Start(new IPEndPoint(IPAddress.Parse(address), 0), new DashboardOptions()));

        Assert.Contains("PIPELINE__DASHBOARD__READ_TOKEN", error.Message);
    }
}
