namespace Pipeline.Nic.Devices.Simulated;

/// <summary>Opens a <see cref="SimulatedNic"/>.</summary>
internal sealed class SimulatedBackend : IBackend
{
    public string Name => "sim";

    public SourceTraits Traits => SourceTraits.Wire;

    public bool Opens(SourceOptions source) => source.Sim is not null;

    public INic Open(SourceOptions source) => SimulatedNic.Open(source.Sim!);
}
