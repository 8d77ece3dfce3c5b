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
    public void Its_files_are_relative_to_the_configuration()
    {
        var tls = Configurations.Options($$"""cluster { {{Node}}, tls { certificate = "n1.pem", key = "/etc/n1.key", ca = "ca.pem" } }""").Cluster!.Tls;

        Assert.Equal(new ClusterTls("n1.pem", "/etc/n1.key", "ca.pem"), tls);
    }

    [Fact]
    public void Without_the_key_there_is_no_cluster() => Assert.Null(Configurations.Options("").Cluster);

    [Theory]
    [InlineData("""name = n1, roles = [nic], listen = "0.0.0.0:4053", seeds = ["10.0.0.1:4053"], security = plain""", "the other nodes cannot reach 0.0.0.0:4053; expected an address of this machine and a port")]
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
