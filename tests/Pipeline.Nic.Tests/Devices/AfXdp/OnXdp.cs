using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>The near end of a veth pair, from which everything is taken that the rules mark with 1, or everything.</summary>
internal sealed class OnXdp : LiveUnderTest
{
    private readonly long _dropsBefore;

    public OnXdp(XdpMode? mode, string rules = "", AfXdpOptions? options = null)
    {
        Wire = new VethWire(options?.Queues ?? 1);
        Xdp = AfXdpNic.Open(Wire.Near, (options ?? new AfXdpOptions { Pages = 512, RingEntries = 256 }) with { Mode = mode });
        Load(rules, generation: 1);
        _dropsBefore = Wire.FarDrops;
    }

    public VethWire Wire { get; }

    public AfXdpNic Xdp { get; }

    public override INic Nic => Xdp;

    public override bool TakesAhead => true;

    public override long InterfaceDrops => Wire.FarDrops - _dropsBefore;

    /// <summary>Puts rules in force in the kernel. Without any, every packet is taken.</summary>
    public OffloadReport Load(string rules, int generation)
    {
        var set = rules.Length == 0 ? RuleSet.Empty : RuleText.Valid(rules);
        return Xdp.Offload.Load(new OffloadedRules
        {
            Rules = set with { Generation = generation },
            Verdicts = rules.Length == 0 ? [new MarkVerdict(0, 0, PacketVerdict.Take)] : [new MarkVerdict(1, 0xff, PacketVerdict.Take)],
        });
    }

    public override void Send(IEnumerable<byte[]> packets)
    {
        foreach (var packet in packets) Wire.Send(packet);
    }

    public override string Interface => Wire.Near;

    public override void SetUp(bool isUp) => Wire.SetUp(isUp);

    public override void Delete() => Wire.Delete();

    public override void Make() => Wire.Make();

    public override Action? MoveAwayAndBack => Wire.MoveAwayAndBack;

    public override void Dispose()
    {
        Xdp.Dispose();
        Wire.Dispose();
    }
}
