using System.Text;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Setup;

/// <summary>
/// The lowest layer over reference.conf: it declares the consumers that come from code, so that a configuration may lead routes to
/// them and say more about handlers.
/// </summary>
internal static class CodeLayer
{
    /// <returns>Null where code brings no consumers.</returns>
    public static SourceText? Of(PipelineBuilder plan)
    {
        var text = new StringBuilder();
        foreach (var (name, handler) in plan.Handlers.Where(h => h.Key != ConsumerOptions.Stack)) Declare(text, name, handler.Instances);
        foreach (var consumer in plan.Consumers.Where(c => c.Name != ConsumerOptions.Stack)) Declare(text, consumer.Name, 1);
        return text.Length == 0 ? null : new SourceText("consumers in code", text.ToString());
    }

    /// <summary>Errors where a configuration declares what code declares already.</summary>
    public static IEnumerable<Diagnostic> Clashes(ConfigurationResult reading, SourceText? layer, PipelineBuilder plan)
    {
        foreach (var consumer in plan.Consumers)
        {
            if (KindOf(consumer.Name) is not null)
                yield return Error(consumer.Name, $"the consumer `{consumer.Name}` is declared in code too; give one of them another name");
        }

        foreach (var name in plan.Handlers.Keys.Where(n => n != ConsumerOptions.Stack))
        {
            if (KindOf(name) is not (null or "bypass"))
                yield return Error(name, $"a handler in code is the consumer `{name}`; expected `kind = bypass`, or none");
        }

        string? KindOf(string consumer) =>
            reading.Find("pipeline", "consumers", consumer, "kind") is { } place && place.Source != layer
                ? place.Source.Text.Substring(place.Span.Start, place.Span.Length).Trim('"')
                : null;

        Diagnostic Error(string consumer, string message) => reading.Error(message, "pipeline", "consumers", consumer, "kind");
    }

    /// <summary>The options with the additions from code: what code declared replaces its stand-in.</summary>
    public static PipelineOptions Over(PipelineOptions options, PipelineBuilder plan)
    {
        var consumers = new Dictionary<string, ConsumerOptions>(options.Consumers);
        foreach (var consumer in plan.Consumers) consumers[consumer.Name] = consumer;
        return options with
        {
            Consumers = consumers,
            Routes = [.. options.Routes, .. plan.Routes],
            Source = plan.CaptureFile is { } file ? options.Source with { File = file } : options.Source,
            Rules = plan.RuleFile ?? (plan.RuleText is null && plan.RuleSet is null ? options.Rules : null),
        };
    }

    /// <summary>Declares a stand-in handler. The consumer that is made is the one from code.</summary>
    private static void Declare(StringBuilder text, string name, int instances)
    {
        var quoted = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        text.Append($"pipeline.consumers.\"{quoted}\" {{ kind = bypass, handler = discard, instances = {instances} }}\n");
    }
}
