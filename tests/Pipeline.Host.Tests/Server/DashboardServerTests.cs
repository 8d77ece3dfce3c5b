using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class DashboardServerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task A_port_in_use_is_told_in_words()
    {
        await using var first = await DashboardServer.Start(AnyPort, new DashboardOptions());
        var taken = new IPEndPoint(IPAddress.Loopback, new Uri(first.Url).Port);

        var error = await Assert.ThrowsAsync<DashboardException>(() => DashboardServer.Start(taken, new DashboardOptions()));

        Assert.Equal($"cannot listen on {taken}: the port is in use; give --dashboard another, or off", error.Message);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_told_in_words()
    {
        var error = await Assert.ThrowsAsync<DashboardException>(
            () => DashboardServer.Start(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0), new DashboardOptions { ReadToken = "x", Plain = true }));

        Assert.Contains("no interface of this machine has that address", error.Message);
    }

    [Fact]
    public async Task Before_there_is_a_run_it_says_that_one_is_starting()
    {
        await using var server = await DashboardServer.Start(AnyPort, new DashboardOptions());
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable],
            [await Status("/health/live"), await Status("/health/ready"), await Status("/api/v1/snapshot"), await Status("/api/v1/rules")]);

        async Task<HttpStatusCode> Status(string path)
        {
            using var answer = await client.GetAsync(path);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8", "<title>Pipeline</title>")]
    [InlineData("/live.js", "text/javascript; charset=utf-8", "stream?hz=")]
    [InlineData("/app.css", "text/css; charset=utf-8", "prefers-color-scheme: dark")]
    public async Task The_page_comes_out_of_the_program_and_allows_nothing_from_elsewhere(string path, string contentType, string has)
    {
        await using var server = await DashboardServer.Start(AnyPort, new DashboardOptions());
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };

        using var answer = await client.GetAsync(path);

        Assert.Equal(contentType, answer.Content.Headers.ContentType?.ToString());
        Assert.Contains(has, await answer.Content.ReadAsStringAsync());
        Assert.Contains("default-src 'none'; script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single());
    }
}
