using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Generations;

namespace Pipeline.Actors;

/// <summary>What the node's part in its cluster sees of this run.</summary>
public sealed partial class PipelineRun
{
    private sealed class RulesOfThisNode(PipelineRun run) : IClusterRules
    {
        public IReadOnlyList<RuleGeneration> History => run.RuleHistory;

        public Task<RuleCheck> Check(string text, string source) => run.CheckRules(text, source);

        public Task<RuleChange> Follow(RuleGeneration generation) =>
            run.ChangeHere(new RuleProtocol.Follow(generation), CancellationToken.None);

        public Task<RuleChange> RollBackUnconfirmed(int generation, RuleGeneration? to)
        {
            var confirmed = run._topology.Register.State.History.Confirmed.Number;
            RuleProtocol.Request request = to is null
                ? new RuleProtocol.Rollback(confirmed, RuleAuthorityState.Unconfirmed, generation)
                : new RuleProtocol.Follow(to, generation);
            return run.ChangeHere(request, CancellationToken.None);
        }
    }
}
