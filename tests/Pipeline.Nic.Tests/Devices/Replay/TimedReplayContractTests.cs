using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Devices.PcapFile;

namespace Pipeline.Nic.Tests.Devices.Replay;

public sealed class TimedReplayContractTests : NicQueueContract
{
    private const double SoFastThatAllIsDueAtOnce = 1e9;

    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) => new OpenCapture(
        packets, path => new TimedReplayNic(CaptureFileNic.Open(path, pageBytes: 4096, pages: 4), SoFastThatAllIsDueAtOnce, TimeProvider.System));
}
