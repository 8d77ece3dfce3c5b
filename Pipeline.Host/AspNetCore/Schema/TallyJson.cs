using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Schema;

/// <summary>Packets, and their captured bytes.</summary>
internal sealed record TallyJson(long Packets, long Bytes)
{
    public static TallyJson Of(PacketTally tally) => new(tally.Packets, tally.Bytes);
}

/// <summary>Packets and their captured bytes, with their rate.</summary>
internal sealed record RatedTallyJson(long Packets, long Bytes, RateJson Rate)
{
    public static RatedTallyJson Of(PacketTally tally, Rate rate) => new(tally.Packets, tally.Bytes, RateJson.Of(rate));
}

/// <summary>Packets and bytes per second.</summary>
internal sealed record RateJson(double Packets, double Bytes)
{
    public static RateJson Of(Rate rate) => new(Math.Round(rate.Packets, 1), Math.Round(rate.Bytes, 1));
}

/// <param name="Reasons">Packets by reason, in the words of the closed list.</param>
internal sealed record DropsJson(long Packets, long Bytes, IReadOnlyDictionary<string, long> Reasons)
{
    public static DropsJson Of(IReadOnlyDictionary<DropReason, PacketTally> dropped) =>
        new(dropped.Values.Sum(d => d.Packets), dropped.Values.Sum(d => d.Bytes), dropped.ToDictionary(d => d.Key.Name(), d => d.Value.Packets));
}

/// <summary>Packets that a device lost before they were received.</summary>
internal sealed record LossesJson(long Packets, IReadOnlyDictionary<string, long> Reasons)
{
    public static LossesJson Of(IReadOnlyDictionary<DeviceLoss, long> lost) =>
        new(lost.Values.Sum(), lost.ToDictionary(l => l.Key.Name(), l => l.Value));
}

/// <summary>Copies of packets, which have accounts beside those of the packets.</summary>
/// <param name="Released">Copies that were not made, because their consumer had released the flow.</param>
internal sealed record CopiesJson(long Delivered, long Dropped, long Released);
