using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class CapturedInterfacesTests
{
    [Fact]
    public void A_time_that_no_description_reaches_uses_up_none_that_others_need()
    {
        var farthest = (Int128)ulong.MaxValue * 1_000_000_000;
        var distant = (Int128)long.MaxValue * 100_000;
        var interfaces = new CapturedInterfaces(new InterfaceBudget());
        var source = new NicInterface(0, "lab0", LinkType.Ethernet, 0);
        interfaces.Of(source, 0);

        Assert.False(interfaces.Of(source, farthest).Holds(farthest));

        Assert.True(interfaces.Of(source, distant).Holds(distant));
        Assert.True(interfaces.Of(source, 646_000_000_000).Holds(646_000_000_000));
    }
}
