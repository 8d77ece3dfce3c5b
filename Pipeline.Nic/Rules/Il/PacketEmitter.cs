using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Emits the parts that every rule needs: bounds checks and loads. <see cref="LoopEmitter"/> sets the locals.</summary>
internal sealed class PacketEmitter(IlBody il)
{
    private static readonly MethodInfo Reverse16 = Reverse(typeof(ushort));
    private static readonly MethodInfo Reverse32 = Reverse(typeof(uint));
    private static readonly MethodInfo Reverse64 = Reverse(typeof(ulong));

    private readonly LocalBuilder _packet = il.Local(typeof(Packet*), "packet");
    private readonly LocalBuilder _bytes = il.Local(typeof(byte*), "bytes");
    private readonly LocalBuilder _captured = il.Local(typeof(long), "captured");

    public IlBody Il => il;

    /// <summary>Pushes the descriptor.</summary>
    public void LoadPacket() => il.Emit(OpCodes.Ldloc, _packet);

    public void LoadBytes() => il.Emit(OpCodes.Ldloc, _bytes);

    /// <summary>Pushes the number of captured bytes, as 64 bits.</summary>
    public void LoadCaptured() => il.Emit(OpCodes.Ldloc, _captured);

    public void LoadWireLength() => LoadField(nameof(Packet.WireLength));

    public void LoadField(string name)
    {
        LoadPacket();
        il.Emit(OpCodes.Ldfld, Field(name));
    }

    public static FieldInfo Field(string name) =>
        typeof(Packet).GetField(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;

    /// <summary>Jumps to <paramref name="fail"/> unless the first <paramref name="bytes"/> bytes are there.</summary>
    public void RequireCaptured(long bytes, Label fail)
    {
        LoadCaptured();
        il.Emit(OpCodes.Ldc_I8, bytes);
        il.Emit(OpCodes.Blt, fail);
    }

    /// <summary>Jumps to <paramref name="fail"/> unless that many bytes from <paramref name="offset"/> on are there.</summary>
    /// <param name="offset">A local of 64 bits, not negative and far from overflow.</param>
    public void RequireCaptured(LocalBuilder offset, long bytes, Label fail)
    {
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldc_I8, bytes);
        il.Emit(OpCodes.Add);
        LoadCaptured();
        il.Emit(OpCodes.Bgt, fail);
    }

    /// <summary>Pushes the address of a byte at a constant offset.</summary>
    public void PushAddress(long offset)
    {
        LoadBytes();
        if (offset == 0) return;
        il.Emit(OpCodes.Ldc_I8, offset);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Pushes the address of the byte at a local's value and a constant.</summary>
    public void PushAddress(LocalBuilder offset, long more)
    {
        PushAddress(more);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Turns an address into the value there, in this machine's byte order: 1, 2 or 4 bytes as 32 bits, 8 as 64.</summary>
    public void LoadNative(int width) => il.LoadUnaligned(width switch
    {
        1 => OpCodes.Ldind_U1,
        2 => OpCodes.Ldind_U2,
        4 => OpCodes.Ldind_U4,
        _ => OpCodes.Ldind_I8,
    });

    /// <summary>Turns an address into the big-endian value there: 1, 2 or 4 bytes as 32 bits, 8 as 64.</summary>
    public void LoadBigEndian(int width)
    {
        LoadNative(width);
        if (!BitConverter.IsLittleEndian || width == 1) return;
        il.Call(width switch { 2 => Reverse16, 4 => Reverse32, _ => Reverse64 });
    }

    private static MethodInfo Reverse(Type type) => typeof(BinaryPrimitives).GetMethod(nameof(BinaryPrimitives.ReverseEndianness), [type])!;
}
