using System.IO.Pipes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>Captures that come through a pipe, whose end is opened by its name under /proc.</summary>
public sealed class StreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);
    private readonly BundlePool _bundles = new(64);
    private readonly PacketAccount _account = new("test", AccountKind.Consumer);

    // By the process's number: what is named by /proc/self has to be a descriptor that the process was given.
    private string PipePath => $"/proc/{Environment.ProcessId}/fd/{_pipe.ClientSafePipeHandle.DangerousGetHandle()}";

    public void Dispose() => _pipe.Dispose();

    [Fact]
    public void An_idle_stream_is_empty_and_wakes_when_bytes_come()
    {
        _pipe.Write(new CaptureBytes().PcapHeader().ToArray());
        using var nic = CaptureFileNic.Open(PipePath, 4096, 2);
        using var woken = new ManualResetEventSlim();
        Assert.Equal(ReceiveStatus.Empty, Receive(nic, out _));
        nic.Queues[0].WakeWhenReady(woken.Set);

        _pipe.Write(new CaptureBytes().PcapRecord(1, 1, [1, 2, 3]).ToArray());

        Assert.True(woken.Wait(Patience));
        Assert.Equal(ReceiveStatus.Received, Receive(nic, out var packets));
        Assert.Equal(1, packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_that_comes_a_byte_at_a_time_gives_every_packet(bool pcapng)
    {
        var capture = pcapng
            ? new CaptureBytes().Section().Interface().Enhanced(0, 1, [1]).Block(0x0bad, new byte[9000]).Enhanced(0, 2, [2, 3]).ToArray()
            : new CaptureBytes().PcapHeader().PcapRecord(1, 1, [1]).PcapRecord(2, 2, [2, 3]).ToArray();
        var header = pcapng ? 28 + 20 : 24;
        _pipe.Write(capture.AsSpan(0, header));
        using var nic = CaptureFileNic.Open(PipePath, 4096, 2);
        var total = 0;
        foreach (var next in capture.AsSpan(header))
        {
            _pipe.Write([next]);
            Receive(nic, out var packets);
            total += packets;
        }

        Assert.Equal(2, total);
        AssertEnds(nic);
    }

    [Fact]
    public void The_interface_of_a_stream_is_known_before_its_first_packet()
    {
        _pipe.Write(new CaptureBytes().Section().Interface(113).ToArray());

        using var nic = CaptureFileNic.Open(PipePath, 4096, 2);

        Assert.Equal(LinkType.LinuxSll, Assert.Single(nic.Interfaces).LinkType);
        Assert.Null(nic.BytesTotal);
        Assert.Equal(48, nic.BytesRead);
    }

    [Fact]
    public void Waiting_for_the_beginning_of_a_stream_can_be_given_up()
    {
        using var given = new CancellationTokenSource();
        given.Cancel();

        Assert.Throws<OperationCanceledException>(() => CaptureFileNic.Open(PipePath, 4096, 2, given.Token));
    }

    [Fact]
    public void A_stream_that_breaks_off_says_where()
    {
        _pipe.Write(new CaptureBytes().PcapHeader().PcapRecord(1, 1, [1]).U32(2).ToArray());
        using var nic = CaptureFileNic.Open(PipePath, 4096, 2);
        Assert.Equal(ReceiveStatus.Received, Receive(nic, out _));
        CloseWriter();

        var fault = Assert.Throws<CaptureFormatException>(() => Receive(nic, out _));

        Assert.Equal(24 + 17, fault.ByteOffset);
        Assert.Equal(0, nic.Queues[0].Pool.Outstanding);
    }

    [Fact]
    public void Without_a_free_page_there_is_none_until_a_bundle_comes_home()
    {
        var record = new CaptureBytes().PcapRecord(1, 1, new byte[4080]).ToArray();
        _pipe.Write(new CaptureBytes().PcapHeader().ToArray());
        using var nic = CaptureFileNic.Open(PipePath, 4096, 2);
        for (var i = 0; i < 3; i++) _pipe.Write(record);
        var first = Rent(nic);
        Assert.Equal(ReceiveStatus.Received, nic.Queues[0].Receive(first));
        Assert.Equal(ReceiveStatus.NoPage, Receive(nic, out _));

        first.Dispose();

        Assert.Equal(ReceiveStatus.Received, Receive(nic, out _));
    }

    [Fact]
    public void Closing_while_a_wake_up_is_asked_for_ends_cleanly()
    {
        _pipe.Write(new CaptureBytes().PcapHeader().ToArray());
        var nic = CaptureFileNic.Open(PipePath, 4096, 2);
        var woken = false;
        nic.Queues[0].WakeWhenReady(() => woken = true);

        nic.Dispose();

        _pipe.Write([1, 2, 3]);
        Assert.False(woken);
        Assert.Equal(0, nic.Queues[0].Pool.Outstanding);
    }

    private PageBundle Rent(CaptureFileNic nic) => _bundles.Rent(nic.Queues[0].DeviceShare, _account, NicInterface.Unknown);

    private ReceiveStatus Receive(CaptureFileNic nic, out int packets)
    {
        using var bundle = Rent(nic);
        var status = nic.Queues[0].Receive(bundle);
        packets = bundle.Count;
        return status;
    }

    private void AssertEnds(CaptureFileNic nic)
    {
        CloseWriter();

        // A process that another test is starting may have the writing end too, until it runs its own program.
        var status = ReceiveStatus.Empty;
        SpinWait.SpinUntil(() => (status = Receive(nic, out _)) != ReceiveStatus.Empty, TimeSpan.FromSeconds(20));
        Assert.Equal(ReceiveStatus.End, status);
        Assert.Equal(0, nic.Queues[0].Pool.Outstanding);
    }

    private void CloseWriter() => _pipe.Dispose();
}
