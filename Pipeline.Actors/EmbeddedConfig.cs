using Akka.Configuration;

namespace Pipeline.Actors;

/// <summary>The actor system's own configuration, out of this assembly. Akka's parser reads no text but ours.</summary>
internal static class EmbeddedConfig
{
    public static Config Load() => Read("akka.conf").WithFallback(Read("dispatchers.conf"));

    private static Config Read(string file)
    {
        using var stream = typeof(EmbeddedConfig).Assembly.GetManifestResourceStream("hocon/" + file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
