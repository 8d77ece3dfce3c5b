using Pipeline.Actors.Hosting;
using Pipeline.AspNetCore;
using WebApp;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null) builder.WebHost.UseUrls("http://127.0.0.1:8481");
var capture = builder.Configuration["capture"] ?? throw new InvalidOperationException("usage: WebApp --capture FILE [--urls http://127.0.0.1:PORT]");

builder.Services.AddSingleton<PortFigures>();
builder.Services.AddPipeline(pipeline => pipeline
    .ReadCapture(Path.GetFullPath(capture))
    .Rules("rule tcp-syn match 12:ffff:0800 23:ff:06 l4+13:17:02 mark 1")
    .Handler<SynCounter>("syn")
    .Route("syn", mark: 1));
builder.Services.AddHealthChecks().AddPipeline();

var app = builder.Build();
app.MapGet("/pipeline", (IPipeline pipeline) => pipeline.View());
app.MapPipeline("/live");
app.MapGet("/ports", (PortFigures figures) => figures.Top(10));
app.MapHealthChecks("/health/live", new() { Predicate = check => check.Tags.Contains("live") });
app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") });
await app.RunAsync();
