using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Ebpf;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>
/// Loads rules into the kernel and runs them on packets, without any device. The kernel takes no packet of less than 14 bytes or of more
/// than fits a memory page with its surroundings, and knows no length on the wire but that of the bytes: such are left out.
/// </summary>
internal static class KernelRun
{
    public const int LeastBytes = 14;
    public const int MostBytes = 3400;
    public const int Generation = 3;

    public static readonly MarkVerdict[] TakeAll = [new MarkVerdict(0, 0, PacketVerdict.Take)];

    public static bool Fits(byte[] packet) => packet.Length is >= LeastBytes and <= MostBytes;

    public static RuleSet SetOf(params MarkRule[] rules) => new(Generation, rules, [], new SourceText("t", ""));

    public static LoadedXdpProgram Load(params MarkRule[] rules) => LoadedXdpProgram.Load(XdpProgram.Compile(SetOf(rules), [], TakeAll));

    /// <summary>Loads one filter, as the program that it is.</summary>
    public static LoadedXdpProgram Load(CbpfProgram filter) =>
        LoadedXdpProgram.Load(XdpCompiler.Compile(SetOf(new FilterRule("f", "", default, 1, 1, false, default)), [filter], [], TakeAll));

    public static bool Matches(LoadedXdpProgram filter, byte[] packet) => filter.Run(packet).Metadata.Rule == 1;

    /// <summary>Asserts that the kernel marks and counts as the interpreter does.</summary>
    /// <returns>The marks of the packets that fit.</returns>
    public static List<uint> AssertSame(MarkRule[] rules, params byte[][] packets)
    {
        var fitting = packets.Where(Fits).ToArray();
        using var program = Load(rules);
        Assert.Empty(program.Program.Refused);
        AssertSame(program, rules, fitting);
        return [.. fitting.Select(p => program.Run(p).Metadata.Mark)];
    }

    private static void AssertSame(LoadedXdpProgram program, MarkRule[] rules, byte[][] packets)
    {
        using var test = new TestBundle(LinkType.Ethernet, packets);
        var counters = new RuleCounters(rules.Length);
        MarkTable.Compile(SetOf(rules), MarkEngine.Interpreter).Classify(test.Bundle, counters);
        for (var i = 0; i < packets.Length; i++) Assert.Equal(Expected(test.Bundle.Packets[i], rules.Length), program.Run(packets[i]));
        for (var rule = 0; rule <= rules.Length; rule++) Assert.Equal(counters.Of(rule), program.Count(rule));
    }

    private static XdpOutcome Expected(Packet packet, int rules)
    {
        var several = packet.Has(PacketFlags.SeveralRules) ? 1u << XdpMetadata.SeveralBit : 0;
        return new XdpOutcome(true, new XdpMetadata(packet.Mark, Generation, (uint)packet.Rule | several, (uint)rules));
    }
}
