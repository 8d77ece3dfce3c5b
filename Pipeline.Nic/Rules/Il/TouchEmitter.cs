using System.Reflection.Emit;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Emits a loop that reads one word of each packet and only adds the words up.</summary>
internal sealed class TouchEmitter(IlBody il)
{
    private const int WordBytes = 4;

    private readonly LocalBuilder _sum = il.Local(typeof(int), "sum");

    public void Emit(int offset)
    {
        var loop = new LoopEmitter(il, takesPending: false);
        var packet = new PacketEmitter(il);
        loop.EmitBegin([offset]);
        packet.RequireCaptured(offset + WordBytes, loop.Next);
        il.Emit(OpCodes.Ldloc, _sum);
        packet.PushAddress(offset);
        packet.LoadNative(WordBytes);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, _sum);
        loop.EmitEnd();
        il.Emit(OpCodes.Ldloc, _sum);
        il.Emit(OpCodes.Ret);
    }
}
