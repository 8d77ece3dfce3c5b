using System.Net;
using Pipeline.Actors.Configuration;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public sealed class ClusterTests
{
    private const string Node = """name = n1, roles = [nic, consumer], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053", "10.0.0.2:4053"]""";

    [Fact]
    public void A_node_has_a_name_roles_an_address_and_seeds()
    {
        var cluster = Configurations.Options($"cluster {{ {Node}, security = plain }}").Cluster!;

        Assert.Equal(("n1", IPEndPoint.Parse("10.0.0.1:4053")), (cluster.Name, cluster.Listen));
        Assert.Equal([ClusterRole.Nic, ClusterRole.Consumer], cluster.Roles);
        Assert.Equal([IPEndPoint.Parse("10.0.0.1:4053"), IPEndPoint.Parse("10.0.0.2:4053")], cluster.Seeds);
        Assert.Null(cluster.Tls);
    }

    [Fact]
    public void Packets_come_at_the_next_port_and_a_source_waits_a_minute_unless_it_says_otherwise()
    {
        var usual = Configurations.Options($"cluster {{ {Node}, security = plain }}").Cluster!;
        var other = Configurations.Options($"cluster {{ {Node}, security = plain, data = \"10.9.0.1:5000\", wait = 2 s }}").Cluster!;

        Assert.Equal((IPEndPoint.Parse("10.0.0.1:4054"), TimeSpan.FromSeconds(60)), (usual.DataAt, usual.Wait));
        Assert.Equal((IPEndPoint.Parse("10.9.0.1:5000"), TimeSpan.FromSeconds(2)), (other.DataAt, other.Wait));
    }

    [Fact]
    public void A_consumer_runs_on_nodes_by_name_or_by_role()
    {
        var options = Configurations.Options($$"""
            cluster { {{Node}}, security = plain }
            routes = [ { to = own } ]
            consumers {
              here { kind = bypass, handler = count, on = [n1, n7], weight = 3, prefer = local }
              there { kind = bypass, handler = count, on = [n2] }
              all { kind = bypass, handler = count, on = ["role:consumer"] }
              own { kind = bypass, handler = count }
            }
            """);

        Assert.Equal(["all", "here"], options.Consumers.Values.Where(c => c.IsFor(options.Cluster)).Select(c => c.Name).Order());
        Assert.Equal((3, true, "n1, n7"), (options.Consumers["here"].Weight, options.Consumers["here"].PrefersLocal, string.Join(", ", options.Consumers["here"].On)));
    }

    [Theory]
    [InlineData("on = [n2]", "", "`on` says on which nodes a consumer runs, but this configuration has no `cluster`")]
    [InlineData("prefer = local", "", "`prefer` says on which nodes a consumer runs, but this configuration has no `cluster`")]
    [InlineData("on = [\"role:king\"]", Node, "an element of `on` is `role:king`; expected a node's name, or role: and one of nic, consumer, dashboard, witness")]
    [InlineData("on = [\"n 2\"]", Node, "an element of `on` is `n 2`; expected a node's name, or role: and one of nic, consumer, dashboard, witness")]
    [InlineData("weight = 17", Node, "`weight` is `17`; expected a whole number from 1 to 16")]
    [InlineData("prefer = remote", Node, "`prefer` is `remote`; expected the word local")]
    [InlineData("on = [n9]", """name = n9, roles = [nic], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"]""", "`on` has this node, n9, but it has not the role consumer, which a node needs to run consumers for others")]
    public void Where_a_consumer_cannot_run_is_said_at_its_place(string keys, string node, string expected)
    {
        var cluster = node.Length == 0 ? "" : $"cluster {{ {node}, security = plain }}";

        Assert.Contains(
            Configurations.Findings($"pipeline {{\n{cluster}\nconsumers {{ c {{ kind = bypass, handler = count, {keys} }} }}\n}}"),
            f => f.EndsWith(": error: " + expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Its_files_are_relative_to_the_configuration()
    {
        var tls = Configurations.Options($$"""cluster { {{Node}}, tls { certificate = "n1.pem", key = "/etc/n1.key", ca = "ca.pem" } }""").Cluster!.Tls;

        Assert.Equal(new ClusterTls("n1.pem", "/etc/n1.key", "ca.pem"), tls);
    }

    [Fact]
    public void Without_the_key_there_is_no_cluster() => Assert.Null(Configurations.Options("").Cluster);

    [Theory]
    [InlineData("""name = n1, roles = [nic], listen = "0.0.0.0:4053", seeds = ["10.0.0.1:4053"], security = plain""", "the other nodes cannot reach 0.0.0.0:4053; expected an address of this machine and a port")]
    [InlineData("""name = n1, roles = [nic], listen = "10.0.0.1:4053", data = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"], security = plain""", "packets and what nodes say to each other have connections of their own; expected another port than 4053")]
    [InlineData("""name = n1, roles = [nic], listen = "10.0.0.1:0", seeds = ["10.0.0.1:4053"], security = plain""", "the other nodes cannot reach 10.0.0.1:0; expected an address of this machine and a port")]
    [InlineData("""name = n1, roles = [nic], listen = off, seeds = ["10.0.0.1:4053"], security = plain""", "`listen` is `off`; expected ADDRESS:PORT with a numeric address, such as 10.0.0.1:4053")]
    [InlineData("""name = n1, roles = [nic], listen = "10.0.0.1:4053", seeds = [], security = plain""", "0 seeds; expected 1 to 16")]
    [InlineData("""name = n1, roles = [nic], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053", "10.0.0.1:4053"], security = plain""", "10.0.0.1:4053 is listed twice")]
    [InlineData("""name = n1, roles = [nic], listen = "10.0.0.1:4053", seeds = [gate], security = plain""", "an element of `seeds` is `gate`; expected ADDRESS:PORT with a numeric address, such as 10.0.0.1:4053")]
    [InlineData("""name = n1, roles = [], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"], security = plain""", "the node has no role; expected one or more of nic, consumer, dashboard, witness")]
    [InlineData("""name = n1, roles = [king], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"], security = plain""", "an element of `roles` is `king`; expected one of nic, consumer, dashboard, witness")]
    [InlineData("""name = n1, roles = [witness, nic], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"], security = plain""", "a witness only votes; expected no other role beside it")]
    [InlineData("""roles = [nic], listen = "10.0.0.1:4053", seeds = ["10.0.0.1:4053"], security = plain""", "`cluster` has no `name`, which a node needs")]
    [InlineData(Node, "a cluster is secured by `tls`, or is not; expected one of `tls { certificate, key, ca }` and `security = plain`")]
    [InlineData(Node + """, security = plain, tls { certificate = a, key = b, ca = c }""", "a cluster is secured by `tls`, or is not; expected one of `tls { certificate, key, ca }` and `security = plain`")]
    [InlineData(Node + """, tls { certificate = a, key = b }""", "`tls` has no `ca`, a file in PEM")]
    [InlineData(Node + """, security = tls""", "`security` is `tls`; expected the word plain")]
    [InlineData(Node + """, security = plain, seed = x""", "unknown key `seed` in `pipeline.cluster`")]
    public void What_cannot_be_a_node_is_said_at_its_place(string inside, string expected) =>
        Assert.Contains(Configurations.Findings($"pipeline {{\ncluster {{ {inside} }}\n}}"), f => f.EndsWith(": error: " + expected, StringComparison.Ordinal));
}
