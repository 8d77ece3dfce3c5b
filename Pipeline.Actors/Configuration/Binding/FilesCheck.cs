using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Finds files that would be written twice, or overwritten while they are read.</summary>
internal static class FilesCheck
{
    private const string Standard = "-";

    public static void Check(Section pipeline, Section? source, PipelineOptions options, IReadOnlyList<BoundConsumer> consumers)
    {
        var taken = new Dictionary<string, string>();
        // Standard input and standard output share a name, but are not one file.
        if (source is not null && options.Source.File is { } file and not Standard)
        {
            taken[Whole(file)] = $"the capture read by `source.file` at {source.PlaceOf("file")}";
        }

        if (options.Source.Sim?.Capture is { } capture) taken[Whole(capture)] = "the capture on the simulated wire, `source.sim.capture`";
        if (options.Rules is { } rules) taken.TryAdd(Whole(rules), $"the rule file named at {pipeline.PlaceOf("rules")}");

        foreach (var consumer in consumers)
        {
            foreach (var write in consumer.Options?.OutputFiles() ?? []) Take(consumer, write, taken);
        }
    }

    private static void Take(BoundConsumer consumer, string write, Dictionary<string, string> taken)
    {
        var at = consumer.Section.PlaceOf("write");
        if (write != Standard && FileIdentity.IsShared(write)) return;
        var name = write == Standard ? Standard : Whole(write);
        var what = write == Standard ? "standard output" : "this file";
        if (taken.TryGetValue(name, out var by)) consumer.Section.Error(at, $"{what} is {by} already; expected another");
        else taken[name] = $"written by the consumer `{Quoted.Short(consumer.Name)}` at {at}";
    }

    private static string Whole(string file) => FullPath.Of(file);
}
