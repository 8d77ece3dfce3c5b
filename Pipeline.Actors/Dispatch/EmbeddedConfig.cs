using Akka.Actor;
using Akka.Configuration;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The actor system's own configuration, embedded in this assembly. Akka's parser reads only text of ours, never a user's.
/// </summary>
internal static class EmbeddedConfig
{
    /// <summary>Guards the change of a fallback, which is read and put back in two steps.</summary>
    private static readonly Lock Gate = new();

    /// <summary>A thread for all queues and one for all consumers.</summary>
    private static readonly CpuPlacement Smallest = CpuPlacement.Of(new UsableCpus([0], 1), 1, 1);

    /// <param name="mailboxBundles">The capacity of a mailbox in bundles; null for the value in dispatchers.conf.</param>
    /// <param name="placement">The data plane's threads; null for one of each kind.</param>
    /// <param name="settings">Further settings, which win.</param>
    public static Config Load(int? mailboxBundles = null, CpuPlacement? placement = null, string settings = "")
    {
        var generated = settings + DispatcherIds.ConfigurationOf(placement ?? Smallest);
        if (mailboxBundles is not null) generated += $"{BundleMailbox.Id}.{BundleMailbox.CapacityKey} = {mailboxBundles}\n";
        return ConfigurationFactory.ParseString(generated).WithFallback(Read("akka.conf")).WithFallback(Read("dispatchers.conf"));
    }

    /// <summary>What an actor system needs that takes part in a cluster.</summary>
    public static Config Cluster() => Read("cluster.conf").WithFallback(Read("akka.conf"));

    /// <summary>
    /// Gives a running system the threads and mailboxes that a pipeline needs, with lower priority than its own settings. They do not
    /// affect anybody else's actors. Any thread.
    /// </summary>
    public static void Into(ActorSystem system, CpuPlacement placement)
    {
        var last = (DispatcherIds.IntakeOf(placement.IntakeCpus.Count - 1), DispatcherIds.DeliveryOf(placement.DeliveryCpus.Count - 1));
        lock (Gate)
        {
            var there = system.Settings.Config;
            if (there.HasPath(last.Item1) && there.HasPath(last.Item2)) return;
            system.Settings.InjectTopLevelFallback(
                ConfigurationFactory.ParseString(DispatcherIds.ConfigurationOf(placement)).WithFallback(Read("dispatchers.conf")));
        }
    }

    /// <summary>Adds settings below those of a running system, unless it has them already. Any thread.</summary>
    /// <param name="path">Their path in the configuration.</param>
    public static void Into(ActorSystem system, string path, string settings)
    {
        lock (Gate)
        {
            if (!system.Settings.Config.HasPath(path)) system.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString(settings));
        }
    }

    private static Config Read(string file)
    {
        using var stream = typeof(EmbeddedConfig).Assembly.GetManifestResourceStream("hocon/" + file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
