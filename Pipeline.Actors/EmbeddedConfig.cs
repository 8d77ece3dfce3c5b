using Akka.Configuration;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors;

/// <summary>The actor system's own configuration, out of this assembly. Akka's parser reads no text but ours.</summary>
internal static class EmbeddedConfig
{
    /// <param name="mailboxBundles">Bundles to a mailbox; null for what dispatchers.conf says.</param>
    public static Config Load(int? mailboxBundles = null)
    {
        var config = Read("akka.conf").WithFallback(Read("dispatchers.conf"));
        return mailboxBundles is null ? config : ConfigurationFactory.ParseString($"{BundleMailbox.Id}.capacity = {mailboxBundles}").WithFallback(config);
    }

    private static Config Read(string file)
    {
        using var stream = typeof(EmbeddedConfig).Assembly.GetManifestResourceStream("hocon/" + file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
