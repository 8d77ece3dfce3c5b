using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>sim { }</c> of a source.</summary>
internal static class SimBinder
{
    public static readonly IReadOnlyList<string> Keys =
    [
        "seed", "queues", "ring", "profile", "capture", "packets", "flows", "rate", "drain", "free-running", "pages", "symmetric-rss",
        "vfs",
        "vf-queues", "perfect-filters", "u32-filters", "faults",
    ];

    private static readonly Reading<TrafficProfile> Profiles = new(
        $"one of {SimulatedOptions.ProfileWords}", SimulatedOptions.TryReadProfile);

    private static readonly Reading<long> Seed = Numbers.Between(0, long.MaxValue);
    private static readonly Reading<int> Queues = Numbers.Between(1, SimulatedOptions.MostQueues);
    private static readonly Reading<int> Ring = Numbers.Between(1, SimulatedOptions.MostRing);
    private static readonly Reading<long> Packets = Numbers.Between(1, long.MaxValue);
    private static readonly Reading<int> Flows = Numbers.Between(1, SimulatedOptions.MostFlows);
    private static readonly Reading<long?> Rate = Numbers.Rate(SimulatedOptions.MostRate);
    private static readonly Reading<int> Pages = Numbers.Between(SimulatedOptions.FewestPages, SimulatedOptions.MostPages);
    private static readonly Reading<int> Functions = Numbers.Between(0, SimulatedOptions.MostQueues - 1);
    private static readonly Reading<int> Filters = Numbers.Between(0, SimulatedOptions.MostFilters);

    public static SimulatedOptions Bind(Section section)
    {
        section.RejectUnknown(Keys);
        var defaults = new SimulatedOptions();
        var options = new SimulatedOptions
        {
            Seed = section.Read("seed", Seed, defaults.Seed),
            Queues = section.Read("queues", Queues, defaults.Queues),
            Ring = section.Read("ring", Ring, defaults.Ring),
            Profile = section.Read("profile", Profiles, defaults.Profile),
            Capture = section.ReadFile("capture"),
            Packets = section.Has("packets") ? section.Read("packets", Packets, 0) : null,
            Flows = section.Read("flows", Flows, defaults.Flows),
            Rate = section.Read("rate", Rate, defaults.Rate),
            Drain = section.Read("drain", Rate, defaults.Drain),
            FreeRunning = section.Read("free-running", Words.Switch, defaults.FreeRunning),
            Pages = section.Read("pages", Pages, defaults.Pages),
            SymmetricRss = section.Read("symmetric-rss", Words.Switch, defaults.SymmetricRss),
            Vfs = section.Read("vfs", Functions, defaults.Vfs),
            VfQueues = section.Read("vf-queues", Queues, defaults.VfQueues),
            PerfectFilters = section.Read("perfect-filters", Filters, defaults.PerfectFilters),
            U32Filters = section.Read("u32-filters", Filters, defaults.U32Filters),
        };
        options = options with { Faults = Faults(section, options.AllQueues) };
        section.Errors(options.Check());
        return options;
    }

    private static List<SimulatedFault> Faults(Section section, int queues)
    {
        var faults = new List<SimulatedFault>();
        foreach (var item in section.ListedTexts("faults"))
        {
            var place = new Place(item.Source, item.Span);
            if (!FaultReader.TryRead(item.Text, out var fault, out var reader))
                section.Error(WordOf(item, reader.ErrorSpan), $"fault {reader.Error}");
            else if (fault.Queue >= queues) section.Error(place, $"there is no queue {fault.Queue}; expected 0 to {queues - 1}");
            else faults.Add(fault);
        }

        return faults;
    }

    /// <summary>The place of the word itself where the source has the text unchanged, else of the whole text.</summary>
    private static Place WordOf(HoconValue item, TextSpan word)
    {
        var whole = item.Source.Text.AsSpan(item.Span.Start, item.Span.Length);
        var start = whole.IndexOf(item.Text);
        return start < 0
            ? new Place(item.Source, item.Span)
            : new Place(item.Source, new TextSpan(item.Span.Start + start + word.Start, word.Length));
    }
}
