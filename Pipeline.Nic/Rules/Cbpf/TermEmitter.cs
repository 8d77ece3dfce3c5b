using System.Numerics;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Emits the terms of a rule as classic BPF for Ethernet. It checks that bytes are there before it reads them, because a read beyond the
/// end would end the whole program. A packet's length must be that of its captured bytes, as it is in the kernel.
/// </summary>
/// <param name="fail">The label to jump to when a term does not match. Otherwise the program continues after the emitted code.</param>
internal sealed class TermEmitter(CbpfAssembler code, int fail)
{
    /// <summary>No packet is longer, so nothing below can wrap around.</summary>
    private const uint LongestPacket = 1 << 24;

    /// <exception cref="NotExpressibleException">A step takes more bits than a register has.</exception>
    /// <exception cref="NeverMatchesException">A term cannot match any packet.</exception>
    public void Emit(IReadOnlyList<Term> terms)
    {
        if (terms.Any(t => !t.CanMatch || t.Address.Offset >= LongestPacket)) throw new NeverMatchesException();
        List<List<Term>> places = [];
        foreach (var term in terms)
        {
            if (places.Find(p => IsSamePlace(p[0].Address, term.Address)) is { } place) place.Add(term);
            else places.Add([term]);
        }

        foreach (var place in places) EmitPlace(place);
    }

    private static bool IsSamePlace(FieldAddress one, FieldAddress other) => one.Base == other.Base && one.Steps.SequenceEqual(other.Steps);

    private void EmitPlace(List<Term> terms)
    {
        var address = terms[0].Address;
        if (!address.IsConstant) EmitBase(address);
        Guard(address.IsConstant, (uint)terms.Max(t => t.Address.Offset + t.Width));
        foreach (var term in terms) EmitComparison(term);
    }

    /// <summary>Leaves the base in X.</summary>
    private void EmitBase(FieldAddress address)
    {
        if (address.Base == FieldBase.L2) code.Emit(CbpfOpcode.LdxImm);
        else if (address.Base is FieldBase.Protocol or FieldBase.Later)
            throw new NotExpressibleException($"the program does not look for {address.BaseName}");
        else
        {
            code.Emit(CbpfOpcode.LdMem, address.Base == FieldBase.L3 ? HeaderSearch.L3 : HeaderSearch.L4);
            code.Branch(CbpfOpcode.JeqK, 0, fail, CbpfAssembler.Next);
            code.Emit(CbpfOpcode.Tax);
        }

        foreach (var step in address.Steps) EmitStep(step);
    }

    private void EmitStep(AddressStep step)
    {
        if (step.Offset >= LongestPacket) throw new NeverMatchesException();
        Guard(isConstant: false, (uint)(step.Offset + step.Width));
        if (step.Mask == 0) return;

        // The 1, 2 or 4 bytes in which the mask has bits, and the rest of the step's shift for them.
        var low = BitOperations.TrailingZeroCount(step.Mask) / 8;
        var bytes = (BitOperations.Log2(step.Mask) / 8) - low + 1;
        if (bytes > 4) throw new NotExpressibleException($"the step {step} takes more than 32 bits");
        var width = bytes == 3 ? 4 : bytes;
        low = Math.Min(low, step.Width - width);
        EmitLoad(isConstant: false, (uint)(step.Offset + step.Width - low - width), width);
        code.Emit(CbpfOpcode.AndK, (uint)(step.Mask >> (8 * low)));
        EmitShift(step.Shift + (8 * low));
        code.Branch(CbpfOpcode.JgeK, LongestPacket, fail, CbpfAssembler.Next);
        code.Emit(CbpfOpcode.AddX);
        code.Emit(CbpfOpcode.Tax);
    }

    private void EmitShift(int shift)
    {
        if (shift > 0)
        {
            // Bits that would be shifted out would lead beyond any packet anyway.
            code.Branch(CbpfOpcode.JgtK, shift < 32 ? (LongestPacket - 1) >> shift : 0, fail, CbpfAssembler.Next);
            if (shift < 32) code.Emit(CbpfOpcode.LshK, (uint)shift);
        }
        else if (shift <= -32) code.Emit(CbpfOpcode.LdImm);
        else if (shift < 0) code.Emit(CbpfOpcode.RshK, (uint)-shift);
    }

    /// <summary>Fails unless that many bytes are there, counted from the packet's start or from X. Keeps X.</summary>
    private void Guard(bool isConstant, uint bytes)
    {
        code.Emit(CbpfOpcode.LdLen);
        if (!isConstant)
        {
            code.Branch(CbpfOpcode.JgeX, 0, CbpfAssembler.Next, fail);
            code.Emit(CbpfOpcode.SubX);
        }

        code.Branch(CbpfOpcode.JgeK, bytes, CbpfAssembler.Next, fail);
    }

    private void EmitComparison(Term term)
    {
        for (var done = 0; done < term.Width;)
        {
            var width = Math.Min(4, term.Width - done);
            var shift = 8 * (term.Width - done - width);
            var all = uint.MaxValue >> (32 - (8 * width));
            var mask = (uint)(term.Mask >> shift) & all;
            if (mask != 0)
            {
                EmitLoad(term.Address.IsConstant, (uint)(term.Address.Offset + done), width);
                if (mask != all) code.Emit(CbpfOpcode.AndK, mask);
                code.Branch(CbpfOpcode.JeqK, (uint)(term.Value >> shift) & all, CbpfAssembler.Next, fail);
            }

            done += width;
        }
    }

    private void EmitLoad(bool isConstant, uint at, int width) => code.Emit((isConstant, width) switch
    {
        (true, 1) => CbpfOpcode.LdByteAbs,
        (true, 2) => CbpfOpcode.LdHalfAbs,
        (true, _) => CbpfOpcode.LdWordAbs,
        (false, 1) => CbpfOpcode.LdByteInd,
        (false, 2) => CbpfOpcode.LdHalfInd,
        _ => CbpfOpcode.LdWordInd,
    }, at);
}
