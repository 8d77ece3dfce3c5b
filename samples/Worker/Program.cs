using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Worker;

if (args is not [var capture])
{
    Console.Error.WriteLine("usage: Worker CAPTURE");
    return 2;
}

// The application's own directory, where worker.conf lies, wherever it is started from.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddSingleton<DnsFigures>();
builder.Services.AddHostedService<Reporter>();
builder.Services.AddPipeline(pipeline => pipeline
    .FromFile("worker.conf")
    .ReadCapture(Path.GetFullPath(capture))
    .Handler<DnsCounter>("dns")
    .StopApplicationWhenDone());
await builder.Build().RunAsync();
return Environment.ExitCode;
