using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Requests as no client writes them: each is refused, and none is an error of the server's.</summary>
public sealed class StrangeRequestTests
{
    [Theory]
    [InlineData("Host: xn--\r\n", 403)]
    [InlineData("Host: xn--a.example\r\n", 403)]
    [InlineData("Host: a..b\r\n", 400)]
    [InlineData("Host: .\r\n", 400)]
    [InlineData("Host: :80\r\n", 400)]
    [InlineData("Host:\r\n", 400)]
    [InlineData("", 400)]
    [InlineData("Host: localhost\r\nHost: localhost\r\n", 400)]
    [InlineData("Host: localhost:0\r\n", 400)]
    [InlineData("Host: localhost:99999\r\n", 400)]
    [InlineData("Host: localhost:http\r\n", 400)]
    [InlineData("Host: [::1\r\n", 400)]
    [InlineData("Host: [localhost]\r\n", 400)]
    [InlineData("Host: m\u00fcnchen.example\r\n", 400)]
    [InlineData("Host: root@localhost\r\n", 400)]
    [InlineData("Host: 2130706433\r\n", 403)]
    [InlineData("Host: localhost\r\n", 200)]
    public async Task A_host_that_is_no_valid_name_is_the_clients_fault(string headers, int status)
    {
        await using var served = await ServedRun.Start();

        Assert.Equal([status], Wire.Statuses(await Wire.Ask(served.Url, $"GET /health/live HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("fffffffff")]
    [InlineData("ffffffffffffffff")]
    [InlineData("fffffffffffffffffffffffffffffffff")]
    [InlineData("")]
    public async Task A_chunk_of_no_possible_size_is_the_clients_fault(string size)
    {
        await using var served = await ServedRun.Start();

        var statuses = Wire.Statuses(await Wire.Ask(
            served.Url, $"POST /api/v1/rules/check HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nrule\r\n"));

        Assert.InRange(Assert.Single(statuses), 400, 499);
    }

    [Theory]
    [InlineData("GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n", 200)]
    [InlineData("GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("GET http://evil.example/health/live HTTP/1.1\r\nHost: evil.example\r\n", 403)]
    [InlineData("GET http://root@localhost/health/live HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("GET http://root:word@localhost:80?x HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("GET https://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("GET /health/live?at=http://root@evil.example/ HTTP/1.1\r\nHost: localhost\r\n", 200)]
    [InlineData("GET http:///health/live HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", 405)]
    [InlineData("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n", 405)]
    [InlineData("GET /health/live HTTP/1.0\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.0\r\nHost: localhost\r\n", 200)]
    public async Task A_target_in_another_form_is_held_to_the_same_names(string head, int status)
    {
        await using var served = await ServedRun.Start();

        Assert.Equal([status], Wire.Statuses(await Wire.Ask(served.Url, head + "Connection: close\r\n\r\n")));
    }
}
