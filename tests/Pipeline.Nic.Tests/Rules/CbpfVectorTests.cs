using System.Text.Json;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Instructions, packets and results published with other implementations of classic BPF (corpus, bpf-vectors.json).</summary>
public class CbpfVectorTests
{
    [FactThatNeeds(Need.Corpus)]
    public void The_interpreter_gives_the_published_results() =>
        Assert.Empty(Vectors("portable").Where(v => CbpfInterpreter.Run(v.Checked(), v.Packet, v.WireLength) != v.Expected).Select(v => v.Title));

    [FactThatNeeds(Need.Corpus)]
    public void The_translation_to_IL_gives_the_published_verdicts() =>
        Assert.Empty(Vectors("portable").Where(v => CompiledFilter.Matches(v.Checked(), v.Packet, v.WireLength) != (v.Expected != 0)).Select(v => v.Title));

    [FactThatNeeds(Need.Corpus)]
    public void Programs_that_every_validator_rejects_are_rejected() =>
        Assert.Empty(Vectors("validator-reject").Where(v => CbpfProgram.Check(v.Instructions, out _) is not null).Select(v => v.Title));

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

    private static List<Vector> Vectors(string kind)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Corpus.PathOf("bpf-vectors.json")));
        var vectors = json.RootElement.EnumerateArray().Where(v => v.GetProperty("class").GetString() == kind).Select(Vector.Read).ToList();
        Assert.NotEmpty(vectors);
        return vectors;
    }

    private sealed record Vector(string Title, CbpfInstruction[] Instructions, byte[] Packet, uint WireLength, uint Expected)
    {
        public CbpfProgram Checked() => CbpfProgram.Check(Instructions, out var fault) ?? throw new InvalidDataException($"{Title}: {fault}");

        public static Vector Read(JsonElement v) => new(
            $"{v.GetProperty("id")} {v.GetProperty("title")}",
            [.. v.GetProperty("insns").EnumerateArray().Select(ReadInstruction)],
            Captured(Convert.FromHexString(v.GetProperty("packet").GetString()!), v.GetProperty("caplen").GetUInt32()),
            v.GetProperty("wirelen").GetUInt32(),
            v.GetProperty("expect").ValueKind == JsonValueKind.Null ? 0 : v.GetProperty("expect").GetUInt32());

        private static byte[] Captured(byte[] packet, uint length) => packet[..(int)Math.Min(length, (uint)packet.Length)];

        private static CbpfInstruction ReadInstruction(JsonElement i) =>
            new((CbpfOpcode)i[0].GetUInt16(), i[1].GetByte(), i[2].GetByte(), i[3].GetUInt32());
    }
}
