using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Demo;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Server;

/// <summary>The HTTP server on one address. It reads no settings file and no environment, only its parameters.</summary>
internal sealed class DashboardServer : IDashboard
{
    /// <summary>
    /// Connections that the kernel keeps until they are accepted. If it keeps too few, a further client tries again only after a second.
    /// </summary>
    private const int Backlog = 4096;

    /// <summary>Streams end by themselves when told to. A client that does not react is cut off after this time.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _application;
    private readonly Attached _attached;
    private readonly string _basePath;

    private DashboardServer(WebApplication application, Attached attached, string basePath, string? warning) =>
        (_application, _attached, _basePath, Warning) = (application, attached, basePath, warning);

    public string? Warning { get; }

    public string Url => Address + _basePath;

    private string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <exception cref="UsageException">Other machines can reach the address, and there is no token, or it would cross the network in the clear.</exception>
    /// <exception cref="InvalidInputException">The certificate or its key cannot be used.</exception>
    /// <exception cref="DashboardException">Nobody can listen there.</exception>
    public static async Task<IDashboard> Start(IPEndPoint address, DashboardOptions options, ServerBounds? bounds = null)
    {
        bounds ??= new ServerBounds();
        var access = new Access(address, options);
        var certificate = options.Tls is { } files ? ServerCertificate.Load(files, TimeProvider.System) : null;
        var attached = new Attached();
        var application = Build(address, bounds, certificate);
        application.Use(new Guard(access, options.BasePath).Invoke);
        IEndpointRouteBuilder routes = options.BasePath.Length == 0 ? application : application.MapGroup(options.BasePath);
        var stopping = application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        Endpoints.Map(new EndpointMap(routes, options.ReadOnly, stopping), attached, bounds);
        try
        {
            await application.StartAsync();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync();
            throw CannotListen(address, error);
        }

        return new DashboardServer(application, attached, options.BasePath, certificate?.Warning);
    }

    public void Attach(IRunning run, IDemoPlay? play = null) => (_attached.Play, _attached.Run) = (play, run);

    /// <summary>Says goodbye to streams and stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static WebApplication Build(IPEndPoint address, ServerBounds bounds, ServerCertificate? certificate)
    {
        // The content root is the program's own folder: searching a large one, such as /, takes seconds.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "pipeline", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.MostBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = bounds.HeadPatience;
            kestrel.Limits.KeepAliveTimeout = bounds.IdlePatience;
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                Admit(listen, bounds);
                if (certificate is not null) Secure(listen, certificate);
            });
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
        builder.Services.AddSingleton(services => new BoundedListeners(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services), bounds.MostConnections + bounds.MostLeaving));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<BoundedListeners>());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        return builder.Build();
    }

    private static void Secure(ListenOptions listen, ServerCertificate certificate) => listen.UseHttps(new HttpsConnectionAdapterOptions
    {
        ServerCertificate = certificate.Own,
        ServerCertificateChain = certificate.Chain,
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    });

    /// <summary>Counts who is connected, from when a connection is accepted until it is closed.</summary>
    private static void Admit(ListenOptions listen, ServerBounds bounds)
    {
        var visitors = new Visitors(bounds.MostConnections, bounds.MostStreams);
        var listeners = listen.ApplicationServices.GetRequiredService<BoundedListeners>();
        listen.Use(next => async connection =>
        {
            var visitor = visitors.Enter(connection);
            connection.Features.Set(visitor);
            connection.Features.Set(bounds);
            try
            {
                await next(connection);
            }
            finally
            {
                visitors.Leave(visitor);
                listeners.Closed();
            }
        });
    }

    private static DashboardException CannotListen(IPEndPoint address, Exception error)
    {
        var code = (error as SocketException ?? error.GetBaseException() as SocketException)?.SocketErrorCode;
        return code switch
        {
            SocketError.AccessDenied => new($"cannot listen on {address}: permission denied; a port below 1024 needs CAP_NET_BIND_SERVICE", needsPrivilege: true),
            SocketError.AddressNotAvailable => new($"cannot listen on {address}: no interface of this machine has that address"),
            SocketError.AddressAlreadyInUse => new($"cannot listen on {address}: the port is in use; give --dashboard another, or off", isTaken: true),
            _ => new($"cannot listen on {address}: {error.Message}"),
        };
    }

    /// <summary>Leaves signals alone: they belong to the run, not to the server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
