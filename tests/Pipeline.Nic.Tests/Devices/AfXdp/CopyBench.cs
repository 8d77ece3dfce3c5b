using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>What is needed to try copies: a wire, an interface whose packets stay with the kernel, and packets that are told apart.</summary>
public abstract class CopyBench : IDisposable
{
    private protected const string All = "rule all match 0:00:00 mark 1";

    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly MarkVerdict[] CopyAll = [new(1, 1, PacketVerdict.Copy)];

    private protected CopyBench()
    {
        if (Environment.UserName == "root") Wire = new VethWire();
    }

    /// <summary>There is none where the tests are left out for lack of rights.</summary>
    private protected VethWire Wire { get; } = null!;

    public void Dispose()
    {
        Wire?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected AfXdpNic Open(XdpMode mode) => AfXdpNic.Open(Wire.Near, new AfXdpOptions { Pages = 512, RingEntries = 256, Mode = mode });

    private protected static void Load(AfXdpNic nic, string rules, int generation) =>
        nic.Offload.Load(new OffloadedRules { Rules = RuleText.Valid(rules) with { Generation = generation }, Verdicts = CopyAll });

    private protected void SendOn(int cpu, IEnumerable<byte[]> packets)
    {
        var thread = new Thread(() =>
        {
            Sched.PinThisThread(cpu);
            using var socket = Wire.FarSocket();
            foreach (var packet in packets) socket.Send(packet);
        });
        thread.Start();
        thread.Join();
    }

    private protected static byte[][] Packets(int first, int count) => [.. Enumerable.Range(first, count).Select(Packet)];

    private static byte[] Packet(int number)
    {
        var packet = new byte[60 + (number * 37 % 1400)];
        byte[] head = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5, 0, 0, 0, (byte)number];
        head.CopyTo(packet, 0);
        for (var i = head.Length; i < packet.Length; i++) packet[i] = (byte)(number + i);
        return packet;
    }

    /// <summary>CPUs' copies come one CPU after the other.</summary>
    private protected static IEnumerable<byte[]> InOrder(IEnumerable<byte[]> packets) => packets.OrderBy(p => p[17]);
}
