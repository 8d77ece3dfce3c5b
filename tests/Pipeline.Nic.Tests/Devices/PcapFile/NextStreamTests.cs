using System.IO.Pipes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Compression;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>
/// A stream that is read after a file. Its beginning comes when it comes, and the queue must not wait for it: nobody could stop it.
/// </summary>
public sealed class NextStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly byte[] Pcap = new CaptureBytes().PcapHeader().PcapRecord(1, 1, [1]).PcapRecord(2, 2, [2, 3]).ToArray();

    private static readonly byte[] Pcapng = new CaptureBytes().Section().Interface().Enhanced(0, 1, [1]).Enhanced(0, 2, [2, 3]).ToArray();

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);
    private readonly BundlePool _bundles = new(64);
    private readonly PacketAccount _account = new("test", AccountKind.Consumer);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, byte[]> Captures => new()
    {
        { "pcap", Pcap }, { "pcapng", Pcapng }, { "pcap.gz", Packed.Gzip(Pcap) }, { "pcapng.gz", Packed.Gzip(Pcapng) },
    };

    private string PipePath => $"/proc/{Environment.ProcessId}/fd/{_pipe.ClientSafePipeHandle.DangerousGetHandle()}";

    public void Dispose()
    {
        _pipe.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_next_stream_that_is_silent_is_empty_and_wakes_when_it_begins()
    {
        using var nic = OpenBoth();
        using var woken = new ManualResetEventSlim();
        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
        Assert.Equal((ReceiveStatus.Empty, 0), Receive(nic));
        nic.Queues[0].WakeWhenReady(woken.Set);

        _pipe.Write(Pcap);

        Assert.True(woken.Wait(Patience));
        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_next_stream_that_comes_a_byte_at_a_time_gives_every_packet(string form, byte[] capture)
    {
        Assert.NotEmpty(form);
        using var nic = OpenBoth();
        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
        var total = 0;
        foreach (var next in capture)
        {
            _pipe.Write([next]);
            total += Receive(nic).Packets;
        }

        Assert.Equal(2, total);
    }

    [Fact]
    public void A_named_pipe_that_nobody_writes_to_can_be_given_up()
    {
        Assert.Equal(0, Tool.Run("mkfifo", _folder["pipe"]).ExitCode);
        using var given = new CancellationTokenSource();
        given.Cancel();
        Assert.Throws<OperationCanceledException>(() => CaptureFileNic.Open(_folder["pipe"], 4096, 2, given.Token));
    }

    [Fact]
    public void A_named_pipe_is_read_from_its_first_writer_to_its_last()
    {
        Assert.Equal(0, Tool.Run("mkfifo", _folder["pipe"]).ExitCode);
        File.WriteAllBytes(_folder["first"], Pcap);
        using var nic = CaptureFileNic.OpenAll([_folder["first"], _folder["pipe"]], 4096, 2);
        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
        Assert.Equal((ReceiveStatus.Empty, 0), Receive(nic));
        using (var writer = File.OpenWrite(_folder["pipe"])) writer.Write(Pcap);
        Assert.Equal((ReceiveStatus.Received, 2), Receive(nic));
        Assert.Equal((ReceiveStatus.End, 0), Receive(nic));
    }

    private CaptureFileNic OpenBoth()
    {
        File.WriteAllBytes(_folder["first"], Pcap);
        return CaptureFileNic.OpenAll([_folder["first"], PipePath], 4096, 2);
    }

    private (ReceiveStatus Status, int Packets) Receive(CaptureFileNic nic)
    {
        using var bundle = _bundles.Rent(nic.Queues[0].DeviceShare, _account, NicInterface.Unknown);
        var status = nic.Queues[0].Receive(bundle);
        return (status, bundle.Count);
    }
}
