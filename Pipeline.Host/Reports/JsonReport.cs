using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Reports;

/// <summary>The report that scripts read, schema <c>pipeline.report/1</c>. Bytes are captured bytes.</summary>
internal static class JsonReport
{
    public static string Of(PipelineView view, RuntimeFigures runtime) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", "pipeline.report/1");
        json.WriteNumber("generation", view.Generation);
        json.WriteNumber("elapsedSeconds", Math.Round(view.Elapsed.TotalSeconds, 6));
        WriteLedger(json, view);
        WriteQueues(json, view.Queues);
        WriteRules(json, view.Rules);
        WriteGuards(json, view.Guards);
        json.WriteTally("unmatched", view.Unmatched);
        json.WriteTally("earlierRules", view.EarlierRules);
        WriteConsumers(json, view.Consumers);
        if (view.DrainCutAfter is { } limit) WriteDrain(json, view, limit);
        WriteRuntime(json, runtime);
        json.WriteEndObject();
    });

    private static void WriteLedger(Utf8JsonWriter json, PipelineView view)
    {
        var ledger = view.Ledger;
        json.WriteStartObject("ledger");
        json.WriteTally("received", ledger.Received);
        json.WriteTally("delivered", ledger.Delivered);
        json.WriteStartObject("passed");
        json.WriteTallyFields(ledger.Passed);
        json.WriteNumber("byDevice", ledger.PassedByDevice.Packets);
        json.WriteEndObject();

        json.WriteStartObject("dropped");
        json.WriteTallyFields(ledger.Dropped);
        json.WriteStartObject("reasons");
        foreach (var (reason, tally) in ledger.DroppedByReason) json.WriteNumber(reason.Name(), tally.Packets);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("inFlight");
        json.WriteNumber("packets", ledger.InFlight.Packets);
        json.WriteNumber("wire", view.OnWire);
        json.WriteEndObject();

        json.WriteStartObject("copies");
        json.WriteNumber("delivered", ledger.CopiesDelivered.Packets);
        json.WriteNumber("dropped", ledger.CopiesDropped.Packets);
        json.WriteEndObject();

        json.WriteStartObject("deviceLost");
        json.WriteNumber("packets", ledger.DeviceLost.Values.Sum());
        json.WriteStartObject("reasons");
        foreach (var (loss, packets) in ledger.DeviceLost) json.WriteNumber(loss.Name(), packets);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteBoolean("balanced", view.Balanced);
        json.WriteEndObject();
    }

    private static void WriteQueues(Utf8JsonWriter json, IReadOnlyList<QueueView> queues)
    {
        json.WriteStartArray("queues");
        foreach (var queue in queues)
        {
            json.WriteStartObject();
            json.WriteString("name", queue.Name);
            json.WriteTallyFields(queue.Received);
            json.WriteNumber("bundles", queue.Bundles);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRules(Utf8JsonWriter json, IReadOnlyList<RuleView> rules)
    {
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("name", rule.Name);
            json.WriteString("mark", MarkText.Of(rule.Mark, rule.MarkMask));
            json.WriteTallyFields(rule.Matched);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGuards(Utf8JsonWriter json, IReadOnlyList<GuardView> guards)
    {
        json.WriteStartArray("guards");
        foreach (var guard in guards)
        {
            json.WriteStartObject();
            json.WriteString("name", guard.Name);
            json.WriteTallyFields(guard.Kept);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConsumers(Utf8JsonWriter json, IReadOnlyList<ConsumerView> consumers)
    {
        json.WriteStartArray("consumers");
        foreach (var consumer in consumers)
        {
            json.WriteStartObject();
            json.WriteString("name", consumer.Name);
            json.WriteString("kind", consumer.Kind);
            json.WriteTallyFields(consumer.Delivered);
            json.WriteNumber("bundles", consumer.Bundles);
            json.WriteNumber("restarts", consumer.Restarts);
            if (consumer.Failure is { } failure) json.WriteString("failure", failure);
            if (consumer.Counters.Count > 0) WriteCounters(json, consumer.Counters);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Only of a drain that was cut.</summary>
    private static void WriteDrain(Utf8JsonWriter json, PipelineView view, TimeSpan limit)
    {
        json.WriteStartObject("drainCut");
        json.WriteNumber("afterSeconds", limit.TotalSeconds);
        json.WriteNumber("packets", view.Ledger.DroppedByReason.GetValueOrDefault(DropReason.Shutdown).Packets);
        json.WriteStartArray("leftBehind");
        foreach (var name in view.LeftBehind) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCounters(Utf8JsonWriter json, IReadOnlyList<CounterView> counters)
    {
        json.WriteStartObject("counters");
        foreach (var counter in counters) json.WriteNumber(counter.Name, counter.Value);
        json.WriteEndObject();
    }

    private static void WriteRuntime(Utf8JsonWriter json, RuntimeFigures runtime)
    {
        json.WriteStartObject("runtime");
        json.WriteNumber("gen0", runtime.Gen0);
        json.WriteNumber("allocatedBytes", runtime.AllocatedBytes);
        json.WriteNumber("peakWorkingSetBytes", runtime.PeakWorkingSetBytes);
        json.WriteEndObject();
    }
}
