using Pipeline.Actors.Captures;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>One ring on a router's bench, and the capture that is read out of it.</summary>
internal sealed class CaptureBench
{
    public const int SnapLength = 40;

    private readonly CapturePorts _router;

    public CaptureBench(ScatterBench bench, string at, PacketFilter? filter = null, int packets = 1024, long mostPackets = 1_000_000, long mostBytes = 1 << 20)
    {
        Ring = new CaptureRing(packets, 1 << 16, SnapLength);
        Port = new CapturePort(CapturePoint.Read(at)!, filter, Ring);
        File = new RunningCapture([Ring], SnapLength, mostPackets, mostBytes);
        _router = bench.Scatter.Captures;
        _router.Add(Port);
    }

    public CaptureRing Ring { get; }

    public CapturePort Port { get; }

    public RunningCapture File { get; }

    public void Take()
    {
        while (File.Take(1000))
        {
        }
    }

    /// <summary>Ends it.</summary>
    /// <returns>The comment of each packet in the file.</returns>
    public IReadOnlyList<string> Comments()
    {
        Port.Close();
        _router.Remove(Port);
        Take();
        File.End([PacketSource.Wire]);
        return [.. CaptureFileBlocks.Of(File).Comments];
    }
}
