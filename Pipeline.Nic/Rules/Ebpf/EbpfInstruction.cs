using System.Buffers.Binary;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>One instruction of eBPF, 8 bytes (RFC 9669, section 3; struct bpf_insn in linux/bpf.h).</summary>
/// <param name="Code">Composed of parts of <see cref="EbpfCode"/>.</param>
/// <param name="Offset">The offset of a memory access in bytes, or of a jump in instructions, counted from the next instruction.</param>
/// <param name="Immediate">The constant.</param>
internal readonly record struct EbpfInstruction(byte Code, EbpfRegister Target, EbpfRegister Source, short Offset, int Immediate)
{
    public const int Bytes = 8;

    /// <summary>Whether the constant is the number of one of the program's maps, in place of a descriptor.</summary>
    public bool IsMapLoad => Code == EbpfCode.LoadWide && (byte)Source is EbpfCode.MapDescriptor or EbpfCode.MapValue;

    /// <summary>Writes it in this machine's byte order. The order also decides which half of the byte each register has.</summary>
    public void Write(Span<byte> to)
    {
        to[0] = Code;
        var (low, high) = BitConverter.IsLittleEndian ? (Target, Source) : (Source, Target);
        to[1] = (byte)((byte)low | ((byte)high << 4));
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.WriteInt16LittleEndian(to[2..], Offset);
            BinaryPrimitives.WriteInt32LittleEndian(to[4..], Immediate);
            return;
        }

        BinaryPrimitives.WriteInt16BigEndian(to[2..], Offset);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], Immediate);
    }
}
