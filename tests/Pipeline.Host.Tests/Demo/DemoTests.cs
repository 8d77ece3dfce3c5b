using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Api;
using Pipeline.Host.Commands;
using Pipeline.Host.Demo;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Demo;

public sealed class DemoTests
{
    private readonly Screen _screen = new();
    private readonly List<IPEndPoint> _opened = [];

    [Fact]
    public async Task Print_shows_the_files_of_the_repository_and_runs_nothing()
    {
        Assert.Equal(0, await new CommandLine(_screen.Terminal, new Parts { Start = _ => throw new InvalidOperationException("run") }).Execute(["demo", "--print"]));

        foreach (var file in new[] { "demo.conf", "demo.rules" }) Assert.Contains(File.ReadAllText(Path.Combine(Repository.Root, "hocon", "examples", file)), _screen.Out);
    }

    [Fact]
    public void A_folder_of_its_own_goes_with_it()
    {
        var folder = new DemoFolder(null);
        Assert.True(File.Exists(folder.Configuration));

        folder.Dispose();

        Assert.False(Directory.Exists(folder.FullName));
    }

    [Fact]
    public void A_folder_of_the_users_stays_and_so_does_what_is_in_it()
    {
        using var temporary = new TemporaryFolder();
        Directory.CreateDirectory(temporary["try"]);
        File.WriteAllText(Path.Combine(temporary["try"], "demo.rules"), "# mine\n");

        new DemoFolder(temporary["try"]).Dispose();

        Assert.Equal("# mine\n", File.ReadAllText(Path.Combine(temporary["try"], "demo.rules")));
        Assert.True(File.Exists(Path.Combine(temporary["try"], "demo.conf")));
    }

    [Fact]
    public async Task A_taken_port_that_nobody_asked_for_gives_way_to_a_free_one()
    {
        Assert.Equal(0, await Execute(isTaken: true));

        Assert.Equal([DashboardOptions.Usual, new IPEndPoint(IPAddress.Loopback, 0)], _opened);
        Assert.Contains("127.0.0.1:8480 is taken; the page is at another port", _screen.Error);
    }

    [Fact]
    public async Task A_taken_port_that_was_asked_for_ends_with_1() => Assert.Equal(1, await Execute(isTaken: true, "--dashboard", "127.0.0.1:8480"));

    [Fact]
    public async Task No_page_is_served_when_none_is_wanted()
    {
        Assert.Equal(0, await Execute(isTaken: false, "--dashboard", "off"));

        Assert.Empty(_opened);
    }

    private Task<int> Execute(bool isTaken, params string[] flags)
    {
        var parts = new Parts
        {
            OpenSource = _ => new FakeNic(LinkType.Ethernet),
            Start = _ => FakeRun.Ended(),
            OpenDashboard = (address, options) =>
            {
                _opened.Add(address);
                return isTaken && address.Port != 0 ? throw new DashboardException("the port is in use") : DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), options);
            },
        };
        return new CommandLine(_screen.Terminal, parts).Execute(["demo", .. flags]);
    }
}
