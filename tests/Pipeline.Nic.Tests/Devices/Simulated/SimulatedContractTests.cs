using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Devices.PcapFile;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public sealed class SimulatedContractTests : NicQueueContract
{
    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) =>
        new OpenCapture(packets, path => SimulatedNic.Open(new SimulatedOptions { Capture = path, Queues = 1, Pages = 64 }));
}
