using System.Text.Json;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>A program of classic BPF, a packet and the result, as published with another implementation (corpus, bpf-vectors.json).</summary>
internal sealed record CbpfVector(string Title, CbpfInstruction[] Instructions, byte[] Packet, uint WireLength, uint Expected)
{
    public static List<CbpfVector> Of(string kind)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Corpus.PathOf("bpf-vectors.json")));
        var vectors = json.RootElement.EnumerateArray().Where(v => v.GetProperty("class").GetString() == kind).Select(Read).ToList();
        Assert.NotEmpty(vectors);
        return vectors;
    }

    public CbpfProgram Checked() => CbpfProgram.Check(Instructions, out var fault) ?? throw new InvalidDataException($"{Title}: {fault}");

    private static CbpfVector Read(JsonElement v) => new(
        $"{v.GetProperty("id")} {v.GetProperty("title")}",
        [.. v.GetProperty("insns").EnumerateArray().Select(ReadInstruction)],
        Captured(Convert.FromHexString(v.GetProperty("packet").GetString()!), v.GetProperty("caplen").GetUInt32()),
        v.GetProperty("wirelen").GetUInt32(),
        v.GetProperty("expect").ValueKind == JsonValueKind.Null ? 0 : v.GetProperty("expect").GetUInt32());

    private static byte[] Captured(byte[] packet, uint length) => packet[..(int)Math.Min(length, (uint)packet.Length)];

    private static CbpfInstruction ReadInstruction(JsonElement i) =>
        new((CbpfOpcode)i[0].GetUInt16(), i[1].GetByte(), i[2].GetByte(), i[3].GetUInt32());
}
