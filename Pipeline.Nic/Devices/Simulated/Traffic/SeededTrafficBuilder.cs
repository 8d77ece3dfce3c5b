using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>Makes the flows of a profile and a template for each of their sizes.</summary>
internal static class SeededTrafficBuilder
{
    private const int SmallBytes = 64;
    private const int LargeBytes = 1514;

    /// <summary>The elephant's share: it has as many packets as all other flows together.</summary>
    private const double ElephantShare = 0.5;

    // Simple IMIX: IP packets of 40, 576 and 1500 bytes in the ratio 7 : 4 : 1, after 14 bytes of Ethernet. The small ones are padded.
    private static readonly (int Bytes, double Weight)[] ImixSizes = [(SmallBytes, 7), (590, 4), (LargeBytes, 1)];

    public static SeededTraffic Build(SimulatedOptions options, IReadOnlyList<NicInterface> interfaces)
    {
        var random = new SplitMix((ulong)options.Seed);
        var tail = new byte[LargeBytes];
        for (var i = 0; i < tail.Length; i++) tail[i] = (byte)random.Next();

        var plan = Plan(options).ToList();
        var heads = GC.AllocateUninitializedArray<byte>(plan.Count * WireTraffic.UsualHeadBytes, pinned: true);
        var templates = new PacketTemplate[plan.Count];
        var queueOf = new byte[plan.Count];
        var scaling = new ReceiveSideScaling(options);
        SimulatedFlow? flow = null;
        var packet = new byte[LargeBytes];
        for (var i = 0; i < plan.Count; i++)
        {
            if (plan[i].IsFirst)
                flow = plan[i].Kind is { } kind
                    ? SimulatedFlow.Draw(ref random, kind, options.Vfs)
                    : SimulatedFlow.Draw(ref random, options.Vfs);
            var bytes = packet.AsSpan(0, plan[i].Bytes);
            tail.AsSpan(0, bytes.Length).CopyTo(bytes);
            flow!.Write(bytes);
            bytes[..Math.Min(bytes.Length, WireTraffic.UsualHeadBytes)].CopyTo(heads.AsSpan(i * WireTraffic.UsualHeadBytes));
            templates[i] = TemplateOf(i, bytes, flow.Function + 1);
            queueOf[i] = (byte)scaling.QueueOf(LinkType.Ethernet, bytes);
        }

        var table = new AliasTable([.. plan.Select(p => p.Weight)]);
        return new SeededTraffic(random.Next(), table)
        {
            Heads = heads, Tail = tail, Templates = templates, QueueOf = queueOf, Interfaces = interfaces,
        };
    }

    private static PacketTemplate TemplateOf(int index, ReadOnlySpan<byte> packet, int nicInterface) => new()
    {
        HeadAt = index * WireTraffic.UsualHeadBytes,
        HeadBytes = Math.Min(packet.Length, WireTraffic.UsualHeadBytes),
        Length = packet.Length,
        WireLength = (uint)packet.Length,
        FlowHash = FlowHash.Of(LinkType.Ethernet, packet),
        Interface = nicInterface,
    };

    /// <summary>Every size of every flow, with its frequency.</summary>
    private static IEnumerable<Planned> Plan(SimulatedOptions options)
    {
        for (var flow = 0; flow < options.Flows; flow++)
        {
            switch (options.Profile)
            {
                case TrafficProfile.Small:
                    yield return new(true, SmallBytes, 1);
                    break;
                case TrafficProfile.Elephant:
                    var isElephant = flow == 0;
                    yield return new(
                        true, isElephant ? LargeBytes : SmallBytes, isElephant ? ElephantShare : (1 - ElephantShare) / (options.Flows - 1));
                    break;
                case TrafficProfile.Mixed:
                    foreach (var size in MixedSizes(flow)) yield return size;
                    break;
                default:
                    var flowWeight = options.Profile == TrafficProfile.Zipf ? 1.0 / (flow + 1) : 1;
                    foreach (var (bytes, weight) in ImixSizes) yield return new(bytes == SmallBytes, bytes, flowWeight * weight);
                    break;
            }
        }
    }

    /// <summary>Flows take turns among the kinds, and within a kind flow number n carries 1/n of the first flow's packets.</summary>
    private static IEnumerable<Planned> MixedSizes(int flow)
    {
        var kinds = TrafficKind.Mixed;
        var kind = kinds[flow % kinds.Count];
        var weight = kind.Share / ((flow / kinds.Count) + 1) / kind.Sizes.Sum(s => s.Weight);
        return kind.Sizes.Select((size, i) => new Planned(i == 0, size.Bytes, weight * size.Weight, kind));
    }

    /// <summary>One size of a flow.</summary>
    /// <param name="IsFirst">Whether a flow begins with it.</param>
    /// <param name="Weight">How often it comes.</param>
    /// <param name="Kind">The flow's kind; null for a flow that is drawn like all others.</param>
    private readonly record struct Planned(bool IsFirst, int Bytes, double Weight, TrafficKind? Kind = null);
}
