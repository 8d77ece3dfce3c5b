using System.Collections.Concurrent;
using Akka.Actor;
using Akka.DistributedData;
using Pipeline.Actors;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>What an authority does when most members have no rules for it.</summary>
public sealed class FirstRulesSpecs : IDisposable
{
    private readonly Node _node = Node.Shipped();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ClusterRules _rules;

    public FirstRulesSpecs()
    {
        _node.Join(_node);
        Assert.True(_node.WaitForUp(1, TimeSpan.FromMinutes(1)));
        _rules = new ClusterRules("n1", () => new ClusterView("n1", ClusterState.Member, []), _ => { }, _end.Token);
        _rules.Attach(new FakeRules("first"));
    }

    public void Dispose()
    {
        _end.Cancel();
        _node.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task It_begins_with_those_of_its_node_only_if_all_members_have_none()
    {
        Start(ofAll: null);

        await Until(() => _asked.Contains("written"));
        Assert.Equal(["majority", "members: 0", "majority", "members: 1", "all", "written"], _asked);
    }

    [Fact]
    public async Task It_goes_on_with_those_that_one_of_them_has()
    {
        var agreed = AgreedHistory.Begin([new RuleGeneration { Number = 7, At = DateTimeOffset.UnixEpoch, Who = "ann", Source = "new.rules", Text = "theirs", Rules = 1 }]);
        Start(agreed);

        await Until(() => !_rules.Authority.IsNobody());
        Assert.DoesNotContain("written", _asked);
        Assert.Equal("all", _asked.Last());
    }

    private void Start(AgreedRules? ofAll)
    {
        var replicator = _node.System.ActorOf(Props.Create(() => new Replicator(_asked, ofAll)));
        _node.System.ActorOf(ClusterRuleAuthority.Props(_rules, replicator));
    }

    private static async Task Until(Func<bool> isSo)
    {
        for (var end = DateTime.UtcNow + TimeSpan.FromSeconds(60); !isSo(); await Task.Delay(20)) Assert.True(DateTime.UtcNow < end);
    }

    /// <summary>A majority has nothing. It learns late that there is a member.</summary>
    private sealed class Replicator(ConcurrentQueue<string> asked, AgreedRules? ofAll) : UntypedActor
    {
        private int _members;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Get get: OnGet(get); break;
                case GetReplicaCount: OnCount(); break;
                case Update: asked.Enqueue("written"); break;
            }
        }

        private void OnGet(Get get)
        {
            var isOfAll = get.Consistency is ReadAll;
            asked.Enqueue(isOfAll ? "all" : "majority");
            Sender.Tell(isOfAll && ofAll is not null ? new GetSuccess(get.Key, get.Request, Register(ofAll)) : new NotFound(get.Key, get.Request));
        }

        private void OnCount()
        {
            asked.Enqueue($"members: {_members}");
            Sender.Tell(new ReplicaCount(_members++));
        }

        private static LWWRegister<string> Register(AgreedRules rules) => new(
            Akka.Cluster.Cluster.Get(Context.System).SelfUniqueAddress, Convert.ToBase64String(WireCodec.Shared.Encode(rules)), (_, _) => rules.Stamp());
    }
}
