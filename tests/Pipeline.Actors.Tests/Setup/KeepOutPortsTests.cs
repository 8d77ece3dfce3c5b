using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Actors.Tests.Setup;

public class KeepOutPortsTests
{
    [Fact]
    public void Sockets_are_asked_where_the_source_can_ask_them()
    {
        Assert.NotNull(KeepOutPorts.Of(new PipelineOptions(), SourceTraits.LiveTaken)!.Own);
        Assert.Null(KeepOutPorts.Of(new PipelineOptions(), SourceTraits.Live)!.Own);
        Assert.Null(KeepOutPorts.Of(new PipelineOptions { KeepOut = KeepOut.On }, SourceTraits.Capture)!.Own);
    }

    [Fact]
    public void The_dashboard_is_guarded_where_it_listens()
    {
        var at = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 8480);
        Assert.Equal([at], KeepOutPorts.Of(new PipelineOptions { Dashboard = new DashboardOptions { Address = at } }, SourceTraits.Live)!.Dashboard);
    }
}
