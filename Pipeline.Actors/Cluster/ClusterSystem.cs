using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Cluster;

/// <summary>
/// Makes the actor system that takes part in the cluster. The pipeline's actors live in another: Akka ends this one when the node is given up
/// by the others, when it is cut off, and when a connection's certificate is no good.
/// </summary>
internal static class ClusterSystem
{
    /// <summary>The same on all nodes: Akka lets in nobody whose system has another name.</summary>
    public const string Name = "pipeline";

    /// <param name="isAnew">Whether the node lost a cluster before. Then it looks for the others and begins none at once.</param>
    /// <param name="certificates">The node's; null where the wire is trusted.</param>
    /// <param name="refused">Called with a peer's address and why its certificate is refused. Any thread.</param>
    /// <exception cref="ClusterException">The address is taken, or is none of this machine's.</exception>
    public static ActorSystem Create(
        ClusterOptions options, AkkaOptions log, bool isAnew, ClusterCertificates? certificates, Action<string, string> refused)
    {
        RequireAddress(options.Listen);
        var setup = BootstrapSetup.Create().WithConfig(ConfigOf(options, log, isAnew));
        try
        {
            return ActorSystem.Create(Name, certificates is null ? ActorSystemSetup.Create(setup) : ActorSystemSetup.Create(setup, certificates.Setup(refused)));
        }
        catch (Exception error)
        {
            throw new ClusterException($"cluster: {options.Listen}: {Causes(error).Last().Message}", error);
        }
    }

    /// <summary>
    /// Akka finds out when its actor system has threads already. They stay for good then, and a node that lost the cluster tries again and
    /// again.
    /// </summary>
    private static void RequireAddress(IPEndPoint listen) => Listen(listen).Dispose();

    /// <summary>Listens at one of this machine's addresses.</summary>
    /// <exception cref="ClusterException">It is taken, or is none of this machine's.</exception>
    public static Socket Listen(IPEndPoint listen)
    {
        var socket = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(listen);
            socket.Listen();
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            var why = error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "somebody listens there already",
                SocketError.AddressNotAvailable => "this machine has no such address",
                SocketError.AccessDenied => "this user must not listen there",
                _ => error.Message,
            };
            throw new ClusterException($"cluster: {listen}: {why}", error);
        }
    }

    private static Config ConfigOf(ClusterOptions options, AkkaOptions log, bool isAnew)
    {
        // Only the first of its seeds begins a cluster, and only if that is itself.
        var others = options.Seeds.Where(s => !s.Equals(options.Listen)).ToList();
        var seeds = isAnew && others.Count > 0 ? others : options.Seeds;
        var protocol = options.Tls is null ? "akka.tcp" : "akka.ssl.tcp";
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{options.Listen.Address}}"
              port = {{options.Listen.Port}}
              enable-ssl = {{(options.Tls is null ? "off" : "on")}}
            }
            akka.cluster {
              roles = [{{List(ClusterNames.RolesOf(options))}}]
              seed-nodes = [{{List(seeds.Select(s => $"{protocol}://{Name}@{s}"))}}]
            }

            """);
        return ConfigurationFactory.ParseString(text + AkkaLog.Settings(log)).WithFallback(EmbeddedConfig.Cluster());

        static string List(IEnumerable<string> words) => string.Join(", ", words.Select(w => $"\"{w}\""));
    }

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause is AggregateException { InnerExceptions.Count: > 0 } many ? many.InnerExceptions[0] : cause.InnerException)
            yield return cause;
    }
}
