using Pipeline.Actors.Configuration;
using Pipeline.Host.Checking;
using Pipeline.Host.Tests.EndToEnd;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Checking;

public sealed class NodesCheckTests
{
    private const string Seeds = "seeds = [\"10.0.0.1:4053\", \"10.0.0.2:4053\"]";

    [Fact]
    public void Three_nodes_that_fit_together_have_nothing_wrong_with_them() =>
        Assert.Empty(Found(Node(1), Node(2), Node(3, "witness")));

    [Fact]
    public void A_configuration_that_is_no_node_is_not_compared() => Assert.Empty(Found(Node(1), "drain = 1 s"));

    [Theory]
    [InlineData("name = n1", "error: `name` is n1, as in n1.conf; expected another on each node")]
    [InlineData("listen = \"10.0.0.1:4053\"", "error: `listen` is 10.0.0.1:4053, as in n1.conf; expected another on each node")]
    [InlineData("seeds = [\"10.0.0.2:4053\", \"10.0.0.1:4053\"]", "error: the node has other seeds, or in another order than n1.conf; expected the same on all nodes")]
    [InlineData("security = null, tls { certificate = a, key = b, ca = c }", "error: the node has another security than n1.conf; expected the same on all nodes")]
    public void What_does_not_fit_is_said_of_the_later_node(string different, string expected) =>
        Assert.Contains(expected, Found(Node(1), Node(2, also: different), Node(3)));

    [Fact]
    public void A_consumer_must_be_the_same_wherever_it_stands() =>
        Assert.Equal(
            ["error: the consumer `sink` is another at the node n1; expected the same on all nodes"],
            Found(Node(1) + "\nconsumers { sink { kind = bypass, handler = count } }", Node(2) + "\nconsumers { sink { kind = bypass, handler = discard } }", Node(3)));

    [Theory]
    [InlineData("on = [n1, n2]", "on = [n1]", "error: the consumer `sink` is another at the node n1; expected the same on all nodes")]
    [InlineData("on = [n3]", "on = [n3]", "warning: the consumer `sink` is to run on n3, which is none of these nodes with the role consumer")]
    [InlineData("on = [n2, n9]", "on = [n2, n9]", "warning: the consumer `sink` is to run on n9, which is none of these nodes with the role consumer")]
    public void Where_a_consumer_is_to_run_must_be_nodes_that_run_consumers_and_the_same_on_all(string here, string there, string expected) =>
        Assert.Equal(
            [expected],
            Found(
                Node(1) + $"\nconsumers {{ sink {{ kind = bypass, handler = count, {here} }} }}",
                Node(2) + $"\nconsumers {{ sink {{ kind = bypass, handler = count, {there} }} }}",
                Node(3, "witness")));

    [Fact]
    public void Nodes_bring_packets_to_one_port_and_to_different_addresses() =>
        Assert.Equal(
            [
                "error: `data` is 10.0.0.1:5000, as in n1.conf; expected another on each node",
                "warning: packets come at port 4054, and at 5000 in n1.conf; with one port on all nodes, each keeps the links of the others out of its rules",
            ],
            Found(Node(1, also: "data = \"10.0.0.1:5000\""), Node(2, also: "data = \"10.0.0.1:5000\""), Node(3, "witness")));

    [Fact]
    public void A_consumer_is_compared_also_where_the_first_node_has_none() =>
        Assert.Equal(
            ["error: the consumer `sink` is another at the node n2; expected the same on all nodes"],
            Found(Node(1), Node(2) + "\nconsumers { sink { kind = bypass, handler = count } }", Node(3) + "\nconsumers { sink { kind = bypass, handler = discard } }"));

    [Fact]
    public void What_cannot_be_read_is_not_compared() =>
        Assert.Empty(Found(Node(1, also: "name = null, listen = null, seeds = null"), Node(2, also: "name = null, listen = null, seeds = [x]"), Node(3, also: "tls = null, security = x")));

    [Fact]
    public void Two_nodes_alone_and_a_seed_that_is_nobody_are_warned_of() =>
        Assert.Equal(
            [
                "warning: the seed 10.0.0.2:4053 is none of these nodes",
                "warning: of two nodes that lose each other only the one with the lower address goes on; a third, such as a witness, lets the other be outvoted",
            ],
            Found(Node(1), Node(3)));

    [FactThatNeeds(Need.Openssl)]
    public void The_examples_fit_together_once_their_certificates_are_made()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "hocon", "examples", "cluster"))) File.Copy(file, folder[Path.GetFileName(file)]);
        string[] nodes = [folder["n1.conf"], folder["n2.conf"], folder["n3.conf"]];

        var before = BuiltProgram.Run(["check", .. nodes]);
        Assert.Equal(0, Tool.Run("bash", folder["lab-ca.sh"], folder["certificates"], "n1", "n2", "n3").ExitCode);
        var after = BuiltProgram.Run(["check", .. nodes]);

        Assert.Equal(65, before.ExitCode);
        Assert.Contains($"error: {folder["certificates/ca.pem"]} cannot be read", before.Errors, StringComparison.Ordinal);
        Assert.Equal((0, true), (after.ExitCode, after.Errors.Contains("0 errors, 0 warnings", StringComparison.Ordinal)));
    }

    private static string Node(int number, string roles = "consumer", string also = "") =>
        $"cluster {{ name = n{number}, roles = [{roles}], listen = \"10.0.0.{number}:4053\", {Seeds}, security = plain, {also} }}";

    /// <summary>Without routes that lead to a consumer, each file has warnings of its own; they are no part of this.</summary>
    private static IEnumerable<string> Found(params string[] nodes) =>
        new NodesCheck([.. nodes.Select((n, i) => ConfigurationLoader.Load(new SourceText($"n{i + 1}.conf", $"pipeline {{\n{n}\n}}")))]).Run()
            .Select(d => $"{d.Severity.ToString().ToLowerInvariant()}: {d.Message}");
}
