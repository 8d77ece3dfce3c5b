using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Emits a filter by itself as a method that flags the packets it matches.</summary>
internal sealed class FilterEmitter(IlBody il)
{
    private static readonly FieldInfo RuleAndFlags = PacketEmitter.Field(nameof(Packet.RuleAndFlags));

    private readonly LocalBuilder _selected = il.Local(typeof(int), "selected");

    public void Emit(CbpfProgram program)
    {
        var loop = new LoopEmitter(il, takesPending: false);
        var packet = new PacketEmitter(il);
        var (match, fail) = (il.Label("match"), il.Label("fail"));
        loop.EmitBegin(TouchedBytes.Of(program));
        new CbpfEmitter(packet).Emit(program, match, fail);
        il.Mark(match);
        il.Increment(_selected);
        EmitFlag(packet, OpCodes.Or, PacketFlags.Selected);
        il.Emit(OpCodes.Br, loop.Next);
        il.Mark(fail);
        EmitFlag(packet, OpCodes.And, ~PacketFlags.Selected);
        loop.EmitEnd();
        il.Emit(OpCodes.Ldloc, _selected);
        il.Emit(OpCodes.Ret);
    }

    private void EmitFlag(PacketEmitter packet, OpCode operation, PacketFlags flags)
    {
        packet.LoadPacket();
        packet.LoadPacket();
        il.Emit(OpCodes.Ldfld, RuleAndFlags);
        il.Emit(OpCodes.Ldc_I4, unchecked((int)(Packet.FlagBits(flags) | (operation == OpCodes.And ? (uint)Packet.MaxRules : 0))));
        il.Emit(operation);
        il.Emit(OpCodes.Stfld, RuleAndFlags);
    }
}
