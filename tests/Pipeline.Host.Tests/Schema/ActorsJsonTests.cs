using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Xunit;

namespace Pipeline.Host.Tests.Schema;

public sealed class ActorsJsonTests
{
    private static readonly ActorView Root = new("/user/edge", ActorKind.Root, null, "running", "supervises", "control");

    private static readonly ActorsView View = new(
        DateTimeOffset.UnixEpoch,
        [
            Root,
            new("/user/edge/web-0", ActorKind.Consumer, "/user/edge", "backing-off", "makes its consumer anew", "delivery-1")
            {
                Mailbox = new MailboxView(5, 9, TimeSpan.FromMicroseconds(12.34)), Bundles = 70, Restarts = 2, LastFailure = "no\u202eluck", Cpu = 3,
            },
            new("/user/edge/link", ActorKind.PeerLink, "/user/edge", "lease-over", "keeps the link", "control"),
            new("/user/rules", ActorKind.Other, null, "running", "runs", "default") { IsOfCluster = true },
            new("/user/rules/singleton", ActorKind.RuleAuthority, "/user/rules", "running", "decides", "default") { IsOfCluster = true },
            new("/user/watcher", ActorKind.Membership, null, "running", "takes part", "default") { IsOfCluster = true },
        ],
        LeftOut: 0);

    [Fact]
    public void As_a_tree_branches_lead_to_each_actor()
    {
        Assert.Equal(
            [
                "actor                    kind            state        queued  most  bundles  restarts  cpu",
                "/user/edge               root            running           -     -        -         0    -  supervises",
                "├─ web-0                 consumer        backing-off       5     9       70         2    3  makes its consumer anew (last failure: no\ufffdluck)",
                "└─ link                  peer-link       lease-over        -     -        -         0    -  keeps the link",
                "/user/rules (cluster)    other           running           -     -        -         0    -  runs",
                "└─ singleton             rule-authority  running           -     -        -         0    -  decides",
                "/user/watcher (cluster)  membership      running           -     -        -         0    -  takes part",
                "6 actors",
            ],
            ActorsInWords.Of(ActorsJson.Of(View), isTree: true));
    }

    [Fact]
    public void In_a_pipe_paths_are_whole_and_say_which_system_they_are_of()
    {
        var lines = ActorsInWords.Of(ActorsJson.Of(View), isTree: false).ToList();

        Assert.StartsWith("/user/edge/web-0 ", lines[2]);
        Assert.StartsWith("cluster:/user/rules/singleton ", lines[5]);
    }

    [Fact]
    public void Those_that_are_left_out_are_counted()
    {
        Assert.Equal("10 actors, of which 4 are left out", ActorsJson.Of(View with { LeftOut = 4 }).Words);
        Assert.Equal("1 actor", ActorsJson.Of(View with { Actors = [Root] }).Words);
    }

    [Fact]
    public void An_actor_is_written_with_the_nulls_of_what_it_has_not()
    {
        var json = JsonText.Of(ActorsJson.Of(View with { Actors = [Root] }), JsonShapes.Default.ActorsJson);

        Assert.Contains(
            "[{\"path\":\"/user/edge\",\"kind\":\"root\",\"parent\":null,\"system\":\"pipeline\",\"state\":\"running\",\"does\":\"supervises\",\"mailbox\":null,\"bundles\":null,\"restarts\":0,\"lastFailure\":null,\"dispatcher\":\"control\",\"cpu\":null}]",
            json,
            StringComparison.Ordinal);
    }
}
