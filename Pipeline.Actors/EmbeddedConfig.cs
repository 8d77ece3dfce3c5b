using Akka.Configuration;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors;

/// <summary>The actor system's own configuration, out of this assembly. Akka's parser reads no text but ours.</summary>
internal static class EmbeddedConfig
{
    /// <summary>A thread for all queues and one for all consumers.</summary>
    private static readonly CpuPlacement Smallest = CpuPlacement.Of(new UsableCpus([0], 1), 1, 1);

    /// <param name="mailboxBundles">Bundles to a mailbox; null for what dispatchers.conf says.</param>
    /// <param name="placement">The data plane's threads; null for one of each kind.</param>
    public static Config Load(int? mailboxBundles = null, CpuPlacement? placement = null)
    {
        var generated = DispatcherIds.ConfigurationOf(placement ?? Smallest);
        if (mailboxBundles is not null) generated += $"{BundleMailbox.Id}.{BundleMailbox.CapacityKey} = {mailboxBundles}\n";
        return ConfigurationFactory.ParseString(generated).WithFallback(Read("akka.conf")).WithFallback(Read("dispatchers.conf"));
    }

    private static Config Read(string file)
    {
        using var stream = typeof(EmbeddedConfig).Assembly.GetManifestResourceStream("hocon/" + file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
