using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>The contract for one of several queues. A veth pair has one queue, so all packets are for the first.</summary>
[Needs(Need.Root)]
public sealed class AfPacketQueuesContractTests : NicQueueContract
{
    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) =>
        new OnVeth(OnVeth.Small with { Queues = 3, Steering = AfPacketSteering.Queue });
}
