using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>A generation that the kernel runs, or ran: its program, and the packets that it left with the kernel. Any thread.</summary>
internal sealed class LoadedGeneration(LoadedXdpProgram program) : IPassedCounts
{
    private volatile bool _isFinal;

    public LoadedXdpProgram Program { get; } = program;

    /// <summary>What bundles of its packets carry.</summary>
    public MarkedByDevice Marks { get; } = new(program.Program.Source.Generation, program.Program.Rules);

    public int Generation => Marks.Generation;

    public int Places { get; } = 1 + program.Program.Rules + program.Program.Guards.Count;

    public bool IsFinal => _isFinal;

    public void ReadCounts(Span<PacketTally> counts)
    {
        for (var place = 0; place < Places; place++) counts[place] = Program.CountAt(place);
    }

    /// <summary>Says that no CPU runs it any more. Its descriptors are closed; its counts stay.</summary>
    public void End()
    {
        Program.Dispose();
        _isFinal = true;
    }
}
