using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Runs one classic BPF program as IL.</summary>
internal static class CompiledFilter
{
    public static bool Matches(CbpfProgram program, byte[] packet, uint wireLength)
    {
        using var test = new TestBundle(LinkType.Ethernet, packet);
        test.Bundle.Packets[0].WireLength = wireLength;
        return PacketFilter.Of(program).Select(test.Bundle) == 1;
    }
}
