using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>Runs a filter on a bundle packet by packet. Compiled filters are compared with it.</summary>
internal abstract class InterpretedFilter
{
    /// <summary>A filter that one of the interpreters runs.</summary>
    /// <exception cref="FilterException">libpcap is to run it, and is not installed.</exception>
    public static InterpretedFilter By(FilterEngine engine, CbpfProgram program) =>
        engine == FilterEngine.Libpcap ? new ByLibpcap(program) : new ByUs(program);

    /// <summary>Selects as a compiled filter does, under the same terms as a <c>RuleLoop</c>.</summary>
    public unsafe int Run(Packet* packets, int count, int* pending, byte* region, long* counts, int linkType)
    {
        var selected = 0;
        for (var i = 0; i < count; i++)
        {
            ref var packet = ref packets[i];
            var matches = Matches(region + packet.Offset, packet.CapturedLength, packet.WireLength);
            packet.Flags = matches ? packet.Flags | PacketFlags.Selected : packet.Flags & ~PacketFlags.Selected;
            if (matches) selected++;
        }

        return selected;
    }

    protected abstract unsafe bool Matches(byte* bytes, int captured, uint wireLength);

    private sealed class ByUs(CbpfProgram program) : InterpretedFilter
    {
        protected override unsafe bool Matches(byte* bytes, int captured, uint wireLength) =>
            CbpfInterpreter.Run(program, new ReadOnlySpan<byte>(bytes, captured), wireLength) != 0;
    }

    private sealed unsafe class ByLibpcap : InterpretedFilter
    {
        private readonly Linux.Libpcap _libpcap;
        private readonly PinnedMemory _program;

        public ByLibpcap(CbpfProgram program)
        {
            _libpcap = Linux.Libpcap.Instance ?? throw FilterCompiler.WithoutLibpcap();
            var instructions = new Linux.Libpcap.bpf_insn[program.Length];
            for (var i = 0; i < instructions.Length; i++)
            {
                var from = program.Instructions[i];
                instructions[i] = new Linux.Libpcap.bpf_insn
                {
                    code = (ushort)from.Opcode, jt = from.IfTrue, jf = from.IfFalse, k = from.K,
                };
            }

            _program = PinnedMemory.Of<Linux.Libpcap.bpf_insn>(instructions);
        }

        protected override bool Matches(byte* bytes, int captured, uint wireLength) =>
            _libpcap.Filter((Linux.Libpcap.bpf_insn*)_program.Address, bytes, wireLength, (uint)captured) != 0;
    }
}
