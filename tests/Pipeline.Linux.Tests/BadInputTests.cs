using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>What cannot be done is said in a sentence with the way out and the right exit code, and nothing stays attached.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Near = TwoHosts.Near;

    private const string Loopback =
        "lo is the loopback: programs of this machine would miss what is taken from it; copy it with -i lo:afpacket";

    private const string TooLong =
        "error: rule 'r[0-9]+' cannot run in the kernel: the program is as long as one can be.*"
        + "; expected fewer or simpler rules, or the backend afpacket";

    private readonly TemporaryFolder _folder = new();
    private readonly TwoHosts _hosts = null!;

    public BadInputTests()
    {
        if (Environment.UserName == "root") _hosts = new TwoHosts();
    }

    public void Dispose()
    {
        _hosts?.Dispose();
        _folder.Dispose();
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("absent0:afxdp", 66, "there is no interface absent0; there are lo, near0")]
    [InlineData("lo:afxdp", 69, Loopback)]
    [InlineData("near0:afxdp:5", 65, "near0 has 1 receive queue and 5 were asked for; expected at most 1, or none for all")]
    public void An_interface_that_cannot_be_taken_from_is_refused(string given, int code, string words)
    {
        var before = _hosts.State();

        var result = LiveRun.Run(_hosts.Here, "run", "-i", given, "--config", Setup.Write(_folder, "native", Setup.All));

        Assert.Equal((code, $"error: {words}\n"), (result.ExitCode, result.Errors));
        Assert.Equal(before, _hosts.State());
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    public void Rules_that_the_kernel_cannot_run_are_refused_by_name(string mode)
    {
        var before = _hosts.State();
        var rules = string.Concat(Enumerable.Range(1, 400).Select(i =>
            $"rule r{i} filter \"host 10.0.{i % 256}.1 and (tcp port {i} or udp port {i}) or ip6 host fe80::{i:x}\" mark 1\n"));

        var result = LiveRun.Run(_hosts.Here, "run", "--config", Setup.Write(_folder, mode, rules));

        Assert.Equal(65, result.ExitCode);
        Assert.Matches(TooLong, result.Errors);
        Assert.Equal(before, _hosts.State());
    }

    [FactThatNeeds(Need.Root)]
    public void A_rule_with_a_loop_is_refused_by_name()
    {
        var configuration = Setup.Write(_folder, "native", "rule chain filter \"ip6 protochain 6\" mark 1\n");

        var result = LiveRun.Run(_hosts.Here, "run", "--config", configuration);

        Assert.Equal(65, result.ExitCode);
        Assert.Contains("error: rule 'chain' cannot run in the kernel: its filter has a loop", result.Errors);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native", "CAP_NET_RAW and CAP_NET_ADMIN and CAP_BPF and CAP_PERFMON", "cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon+ep")]
    [InlineData(null, "CAP_NET_RAW", "cap_net_raw+ep")]
    public void Without_privileges_it_ends_with_77_and_names_all_that_are_needed(string? mode, string needed, string fix)
    {
        var configuration = Setup.Write(_folder, mode, Setup.All);
        Tool.Run("chmod", "755", _folder.FullName);
        var before = _hosts.State();

        var result = Tool.Run("ip", "netns", "exec", _hosts.Here.Name, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
            "dotnet", LiveRun.Program, "run", "--config", configuration);

        Assert.Equal(77, result.ExitCode);
        Assert.Contains(needed, result.Errors);
        Assert.Contains($"sudo setcap {fix} \"$(command -v pipeline)\"", result.Errors);
        Assert.Equal(before, _hosts.State());
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    public async Task Packets_of_an_mtu_of_9000_are_taken_whole(string mode)
    {
        foreach (var (host, netdev) in new[] { (_hosts.Here, Near), (_hosts.There, TwoHosts.Far) })
            host.Inside("ip", "link", "set", netdev, "mtu", "9000");
        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, mode, "rule long match l4+2:ffff:2328 mark 1\n"));
        await run.Says($"XDP is {mode}");
        await run.IsReady();

        _hosts.Send(Frames.Udp(_hosts, 4000, 9000, 8900), 5);
        await run.Shows(s => s.Packets("consumers", "taken") == 5);

        var report = await run.End();
        Assert.Equal(5 * (14 + 20 + 8 + 8900), report.GetProperty("ledger").GetProperty("delivered").GetProperty("bytes").GetInt64());
    }

    [FactThatNeeds(Need.Root)]
    public async Task Without_a_carrier_it_says_so_and_takes_what_comes_later()
    {
        _hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "down");
        await Soon.Holds(() => _hosts.Here.Inside("cat", $"/sys/class/net/{Near}/operstate").Trim() != "up");
        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, "native", "rule late match l4+2:ffff:2328 mark 1\n"));
        await run.Says($"{Near} has no carrier: nothing comes in until its other end is up");
        await run.IsReady();

        _hosts.There.Inside("ip", "link", "set", TwoHosts.Far, "up");
        _hosts.AwaitCarrier();
        await run.Shows(s =>
        {
            _hosts.Send(Frames.Udp(_hosts, 4000, 9000));
            return s.Packets("consumers", "taken") > 0;
        });

        await run.End();
    }
}
