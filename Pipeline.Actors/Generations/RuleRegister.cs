using Akka.Actor;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Where the authority keeps its state, which outlives its restarts. The authority alone changes it; <see cref="State"/> is for any thread.
/// </summary>
internal sealed class RuleRegister(RuleGeneration first)
{
    private volatile RuleAuthorityState _state = new(first);

    public RuleAuthorityState State { get => _state; set => _state = value; }

    /// <summary>Whoever asked, by ticket.</summary>
    public Dictionary<long, IActorRef> Askers { get; } = [];
}
