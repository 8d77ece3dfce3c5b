using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Devices.PcapFile;
using Pipeline.Nic.Tests.Devices.Replay;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public sealed class FreeRunningContractTests : NicQueueContract
{
    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) => new FreeRunning(packets);

    /// <summary>A wire on a clock that runs when the test sends.</summary>
    private sealed class FreeRunning : DeviceUnderTest
    {
        private const int PacketsASecond = 1_000_000;

        private readonly ManualTime _time = new();
        private readonly OpenCapture _capture;

        public FreeRunning(IReadOnlyList<byte[]> packets)
        {
            var options = new SimulatedOptions { FreeRunning = true, Rate = PacketsASecond, Queues = 1, Ring = 1024, Pages = 512 };
            _capture = new OpenCapture(packets, path => SimulatedNic.Open(options with { Capture = path }, _time));
            StartClock();
        }

        public override INic Nic => _capture.Nic;

        public override void Send(IEnumerable<byte[]> packets) => _time.Advance(TimeSpan.FromSeconds(2.0 * packets.Count() / PacketsASecond));

        public override void Dispose() => _capture.Dispose();

        /// <summary>The wire begins when it is first asked, and nothing has arrived then.</summary>
        private void StartClock()
        {
            using var bundle = new BundlePool(1).Rent(Queue.DeviceShare, new PacketAccount("first", AccountKind.Stage), NicInterface.Unknown);
            if (Queue.Receive(bundle) == ReceiveStatus.Received) throw new InvalidOperationException("a packet came before its time");
        }
    }
}
