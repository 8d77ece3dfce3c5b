using Akka.Actor;
using Akka.Configuration;

namespace Pipeline.Actors;

/// <summary>The actor system's own configuration, out of this assembly. Akka's parser reads no text but ours.</summary>
internal static class EmbeddedConfig
{
    /// <summary>A fallback is read and put back in two steps.</summary>
    private static readonly Lock Gate = new();

    /// <summary>For an actor system of our own.</summary>
    public static Config Load() => Read("akka.conf").WithFallback(Dispatchers());

    /// <summary>Threads and mailboxes alone: what a system needs that a pipeline joins. Nothing in it is about anybody else's actors.</summary>
    public static Config Dispatchers() => Read("dispatchers.conf");

    /// <summary>Lays settings under those of a running system, unless it has them already. Any thread.</summary>
    /// <param name="path">One of them, by which it is seen whether they are there.</param>
    public static void Into(ActorSystem system, string path, Func<Config> settings)
    {
        lock (Gate)
        {
            if (!system.Settings.Config.HasPath(path)) system.Settings.InjectTopLevelFallback(settings());
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
