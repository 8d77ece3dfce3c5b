using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Host.Dashboard;
using Pipeline.Host.Server;
using Pipeline.Host.Server.OpenApi;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>The description of the API, held against the addresses that the server has.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public void Every_address_is_described_and_nothing_else_is()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        using var application = builder.Build();

        Endpoints.Map(new EndpointMap(application, IsReadOnly: false, CancellationToken.None), new Attached(), ServerBounds.Usual);

        var assets = PageAsset.All.Select(a => $"GET {a.Path}");
        var served = ((IEndpointRouteBuilder)application).DataSources.SelectMany(d => d.Endpoints).Cast<RouteEndpoint>().Select(CallOf).Except(assets);
        Assert.Equal(served.Distinct().Order(), Operations.All.Keys.Order());

        static string CallOf(RouteEndpoint endpoint) =>
            $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText!.Replace(":int:min(1)", "", StringComparison.Ordinal)}";
    }

    [Fact]
    public async Task The_document_is_served_and_every_reference_in_it_leads_somewhere()
    {
        await using var served = await ServedRun.Start();

        var document = await served.Json("/api/v1/openapi.json");

        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        var snapshot = document.GetProperty("components").GetProperty("schemas").GetProperty("Snapshot").GetProperty("properties");
        Assert.Equal((await served.Json("/api/v1/snapshot")).EnumerateObject().Select(p => p.Name).Where(name => !snapshot.TryGetProperty(name, out _)), []);
        Assert.All(References(document), reference => Assert.True(Leads(document, reference), reference));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.Name == "$ref" ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static bool Leads(JsonElement document, string reference)
    {
        var at = document;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal), out at)) return false;
        }

        return true;
    }
}
