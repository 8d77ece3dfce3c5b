using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>akka { }</c>: what is logged. All other settings of the actor system are this program's own.</summary>
internal static class AkkaBinder
{
    public static readonly IReadOnlyList<string> Keys = ["loglevel", "loggers"];

    private static readonly Reading<AkkaLogLevel?> Levels = Words.Of<AkkaLogLevel?>(
        ("OFF", AkkaLogLevel.Off), ("ERROR", AkkaLogLevel.Error), ("WARNING", AkkaLogLevel.Warning), ("INFO", AkkaLogLevel.Info),
        ("DEBUG", AkkaLogLevel.Debug));

    /// <summary>They write to standard output, which is for data.</summary>
    private static readonly string[] OnStandardOutput = ["Akka.Event.DefaultLogger", "Akka.Event.StandardOutLogger"];

    public static AkkaOptions Bind(Section section)
    {
        foreach (var field in section.Fields.Where(f => !Keys.Contains(f.Key)))
        {
            var why = field.Key.StartsWith("stdout", StringComparison.Ordinal)
                ? "standard output is for data"
                : "the promises of this program rest on its own settings";
            section.Error(
                new Place(field.Source, field.KeySpan), $"`akka.{Quoted.Short(field.Key)}` cannot be set: {why}",
                help: "what can be set is loglevel and loggers");
        }

        return new AkkaOptions
        {
            LogLevel = section.Read("loglevel", Levels, null),
            Loggers = section.Has("loggers") ? [.. section.ListedTexts("loggers").Select(v => LoggerOf(section, v)).OfType<Type>()] : [],
        };
    }

    private static Type? LoggerOf(Section section, HoconValue value)
    {
        var type = Find(value.Text);
        var wrong =
            type is null ? "there is no such type in this program; expected \"Namespace.Type, Assembly\""
            : OnStandardOutput.Contains(type.FullName) ? "it writes to standard output, which is for data; without loggers standard error is used"
            : !IsActor(type) ? "it is no actor, which a logger of Akka is"
            : null;
        if (wrong is null) return type;
        section.Error(new Place(value.Source, value.Span), $"the logger `{Quoted.Short(value.Text)}`: {wrong}");
        return null;
    }

    private static Type? Find(string name)
    {
        try
        {
            return Type.GetType(name, throwOnError: false);
        }
        catch (Exception error) when (error is IOException or ArgumentException or BadImageFormatException or TypeLoadException)
        {
            return null;
        }
    }

    /// <summary>By the name of its base, because configurations know nothing of Akka.</summary>
    private static bool IsActor(Type type)
    {
        for (var above = type; above is not null; above = above.BaseType)
            if (above.FullName == "Akka.Actor.ActorBase") return !type.IsAbstract;
        return false;
    }
}
