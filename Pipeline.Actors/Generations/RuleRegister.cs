using Akka.Actor;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Keeps the authority's state across restarts of the authority. Only the authority changes it; <see cref="State"/> is for any thread.
/// </summary>
internal sealed class RuleRegister(RuleGeneration first)
{
    private volatile RuleAuthorityState _state = new(first);

    public RuleAuthorityState State { get => _state; set => _state = value; }

    /// <summary>The askers, by ticket.</summary>
    public Dictionary<long, IActorRef> Askers { get; } = [];

    /// <summary>The spans of requests that are not answered.</summary>
    public ChangeSpans Spans { get; } = new();
}
