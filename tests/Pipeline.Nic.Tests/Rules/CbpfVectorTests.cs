using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Instructions, packets and results published with other implementations of classic BPF (corpus, bpf-vectors.json).</summary>
public class CbpfVectorTests
{
    [FactThatNeeds(Need.Corpus)]
    public void The_interpreter_gives_the_published_results() =>
        Assert.Empty(CbpfVector.Of("portable").Where(v => CbpfInterpreter.Run(v.Checked(), v.Packet, v.WireLength) != v.Expected).Select(v => v.Title));

    [FactThatNeeds(Need.Corpus)]
    public void The_translation_to_IL_gives_the_published_verdicts() =>
        Assert.Empty(CbpfVector.Of("portable").Where(v => CompiledFilter.Matches(v.Checked(), v.Packet, v.WireLength) != (v.Expected != 0)).Select(v => v.Title));

    [FactThatNeeds(Need.Corpus)]
    public void Programs_that_every_validator_rejects_are_rejected() =>
        Assert.Empty(CbpfVector.Of("validator-reject").Where(v => CbpfProgram.Check(v.Instructions, out _) is not null).Select(v => v.Title));

    [Fact]
    public void An_empty_program_is_rejected()
    {
        CbpfProgram.Check([], out var fault);
        Assert.Equal("the program is empty", fault);
    }

    [Fact]
    public void A_jump_out_of_the_program_is_rejected()
    {
        CbpfProgram.Check([new(CbpfOpcode.JeqK, 0, 1, 0), new(CbpfOpcode.RetK, 0, 0, 0)], out var fault);
        Assert.Equal("instruction 0: a jump behind the end", fault);
    }
}
