using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>The books: received = delivered + passed + dropped + in flight.</summary>
internal sealed record LedgerJson(
    TallyJson Received, TallyJson Delivered, PassedJson Passed, DropsJson Dropped,
    InFlightJson InFlight, CopiesJson Copies, LossesJson DeviceLost, bool Balanced)
{
    public static LedgerJson Of(PipelineView view)
    {
        var ledger = view.Ledger;
        return new(
            TallyJson.Of(ledger.Received),
            TallyJson.Of(ledger.Delivered),
            new(ledger.Passed.Packets, ledger.Passed.Bytes, ledger.PassedByDevice.Packets, ledger.PassedReleased.Packets),
            DropsJson.Of(ledger.DroppedByReason),
            new(ledger.InFlight.Packets, view.OnWire, ledger.MostInFlight),
            new(ledger.CopiesDelivered.Packets, ledger.CopiesDropped.Packets, ledger.CopiesReleased.Packets),
            LossesJson.Of(ledger.DeviceLost),
            view.Balanced);
    }
}

/// <param name="ByDevice">The packets among these that the device passed by itself.</param>
/// <param name="Released">The packets among these whose flow a handler had released.</param>
internal sealed record PassedJson(long Packets, long Bytes, long ByDevice, long Released);

/// <param name="Wire">The packets among these that are on their way to another node.</param>
/// <param name="Most">The most packets that pools and buffers can hold.</param>
internal sealed record InFlightJson(long Packets, long Wire, long Most);

internal sealed record LedgerRatesJson(RateJson Received, RateJson Delivered, RateJson Passed, RateJson Dropped)
{
    public static LedgerRatesJson Of(LedgerRates rates) =>
        new(RateJson.Of(rates.Received), RateJson.Of(rates.Delivered), RateJson.Of(rates.Passed), RateJson.Of(rates.Dropped));
}
