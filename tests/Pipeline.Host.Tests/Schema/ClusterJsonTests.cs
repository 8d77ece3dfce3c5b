using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Xunit;

namespace Pipeline.Host.Tests.Schema;

public sealed class ClusterJsonTests
{
    private static readonly ClusterMember One = new("n1", "10.0.0.1:4053", -5, [ClusterRole.Nic, ClusterRole.Dashboard], ClusterMemberStatus.Up, IsReachable: true);
    private static readonly ClusterMember Two = new("n2", "10.0.0.2:4053", 7, [ClusterRole.Witness], ClusterMemberStatus.WeaklyUp, IsReachable: false);

    [Fact]
    public void A_pipeline_that_is_no_node_says_so()
    {
        var json = ClusterJson.Of(null);

        Assert.Equal(("none", "this pipeline is no node of a cluster: its configuration has no `cluster`"), (json.State, json.Words));
        Assert.Empty(json.Members);
    }

    [Theory]
    [InlineData(ClusterState.Joining, "joining", "n1 asks the seeds to be let in")]
    [InlineData(ClusterState.Lost, "lost", "n1 lost the cluster and begins anew; its own routes go on")]
    [InlineData(ClusterState.Left, "left", "n1 was asked to leave, and goes on alone until it is started again")]
    public void A_node_without_a_cluster_says_why(ClusterState state, string word, string words)
    {
        var json = ClusterJson.Of(new ClusterView("n1", state, []));

        Assert.Equal((word, words), (json.State, json.Words));
    }

    [Fact]
    public void Members_are_counted_with_those_that_cannot_be_reached()
    {
        Assert.Equal("n1 is the only member", Of(One).Words);
        Assert.Equal("n1 is one of 2 members, and all can be reached", Of(One, Two with { IsReachable = true }).Words);
        Assert.Equal("n1 is a member; 1 of 2 members cannot be reached", Of(One, Two).Words);
    }

    [Fact]
    public void In_words_each_member_has_a_line()
    {
        var cluster = ClusterJson.Of(new ClusterView("n1", ClusterState.Member, [One, Two]) { Leader = "n1", Restarts = 2, Trouble = "cut off" });

        Assert.Equal(
            [
                "n1 is a member; 1 of 2 members cannot be reached",
                "it began anew 2 times, the last time because: cut off",
                "no member has the authority on rules at the moment; those in force stay, and cannot be changed",
                "member  address        roles           status     rules",
                "n1      10.0.0.1:4053  nic, dashboard  up         -      leader, this node",
                "n2      10.0.0.2:4053  witness         weakly-up  -      cannot be reached",
            ],
            ClusterInWords.Of(cluster));
        Assert.Equal(("-5", "7"), (cluster.Members[0].Uid, cluster.Members[1].Uid));
    }

    [Fact]
    public void In_words_it_says_which_rules_each_member_runs_and_who_decides_about_them()
    {
        ClusterMember[] members = [One with { Generation = 5 }, Two with { Generation = 4, RulesTrouble = "generation 5: no room" }];
        var cluster = ClusterJson.Of(new ClusterView("n1", ClusterState.Member, members) { RuleAuthority = "n1" });

        Assert.Equal(
            [
                "member  address        roles           status     rules",
                "n1      10.0.0.1:4053  nic, dashboard  up         5      authority on rules, this node",
                "n2      10.0.0.2:4053  witness         weakly-up  4      cannot be reached, generation 5: no room",
            ],
            ClusterInWords.Of(cluster).Skip(1));
    }

    private static ClusterJson Of(params ClusterMember[] members) => ClusterJson.Of(new ClusterView("n1", ClusterState.Member, members));
}
