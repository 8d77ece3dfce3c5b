namespace Pipeline.Nic.Devices.Tap;

/// <summary>Opens a <see cref="TapNic"/>.</summary>
internal sealed class TapBackend : IBackend
{
    public const string BackendName = "tap";

    public string Name => BackendName;

    public SourceTraits Traits => SourceTraits.LiveEnd;

    public bool Makes => true;

    public bool Opens(SourceOptions source) => source.Interface is not null && source.Backend == Name;

    public string InWords(SourceOptions source) =>
        $"{Name} is the other end of the interface and gets what is sent to it; nobody else does";

    public INic Open(SourceOptions source) => TapNic.Open(source.Interface!, new TapOptions { Queues = source.Queues ?? 1 });
}
