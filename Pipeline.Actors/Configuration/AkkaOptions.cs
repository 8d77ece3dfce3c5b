namespace Pipeline.Actors.Configuration;

/// <summary>What the actor system logs. It counts for a system of the run's own; one that the run joins has its own settings.</summary>
public sealed record AkkaOptions
{
    /// <summary>What is logged at least; null for nothing, or warnings if there are <see cref="Loggers"/>.</summary>
    public AkkaLogLevel? LogLevel { get; init; }

    /// <summary>The types of the actors that log. If there are none and there is a level, standard error gets a line for each event.</summary>
    public IReadOnlyList<Type> Loggers { get; init; } = [];
}

/// <summary>The levels of Akka's log.</summary>
public enum AkkaLogLevel
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>What failed.</summary>
    Error,

    /// <summary>Also what might be wrong.</summary>
    Warning,

    /// <summary>Also what happened.</summary>
    Info,

    /// <summary>Also how.</summary>
    Debug,
}
