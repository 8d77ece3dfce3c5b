using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>Emits what every rule does with a packet: its parameters, bounds checks and big-endian loads.</summary>
internal sealed class PacketEmitter(IlBody il)
{
    // Parameter 0 is an unused object: a delegate bound to one calls its method without shuffling the arguments.
    private const int StateParameter = 1;
    private const int BytesParameter = 2;
    private const int CapturedParameter = 3;
    private const int WireLengthParameter = 4;
    private const int CountsParameter = 5;

    private static readonly MethodInfo Reverse16 = Reverse(typeof(ushort));
    private static readonly MethodInfo Reverse32 = Reverse(typeof(uint));
    private static readonly MethodInfo Reverse64 = Reverse(typeof(ulong));

    /// <summary>The parameters of the method that <see cref="RuleChunk"/> is bound to.</summary>
    public static Type[] Parameters { get; } =
        [typeof(object), typeof(MarkState).MakeByRefType(), typeof(byte*), typeof(long), typeof(uint), typeof(long).MakeByRefType()];

    public IlBody Il => il;

    public void LoadState() => il.Emit(OpCodes.Ldarg, StateParameter);

    public void LoadCounts() => il.Emit(OpCodes.Ldarg, CountsParameter);

    public void LoadCaptured() => il.Emit(OpCodes.Ldarg, CapturedParameter);

    public void LoadWireLength() => il.Emit(OpCodes.Ldarg, WireLengthParameter);

    /// <summary>Jumps to <paramref name="fail"/> unless the first <paramref name="bytes"/> bytes are there.</summary>
    public void RequireCaptured(long bytes, Label fail)
    {
        LoadCaptured();
        il.Emit(OpCodes.Ldc_I8, bytes);
        il.Emit(OpCodes.Blt, fail);
    }

    /// <summary>Jumps to <paramref name="fail"/> unless the bytes from <paramref name="offset"/> on, so many, are there.</summary>
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
        il.Emit(OpCodes.Ldarg, BytesParameter);
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
