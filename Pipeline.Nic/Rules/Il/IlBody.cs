using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// The body of a method while it is written. It passes everything on to an <see cref="ILGenerator"/>. If asked, it keeps a listing: the
/// instructions cannot be read back from a <see cref="DynamicMethod"/>.
/// </summary>
internal sealed class IlBody(ILGenerator il, StringBuilder? listing = null)
{
    private readonly Dictionary<Label, string> _names = [];
    private readonly Dictionary<(Type Type, string Name), LocalBuilder> _locals = [];

    /// <summary>Bytes of IL so far.</summary>
    public int Size => il.ILOffset;

    /// <summary>The local of that name, made when it is first asked for.</summary>
    public LocalBuilder Local(Type type, string name)
    {
        if (_locals.TryGetValue((type, name), out var local)) return local;
        return _locals[(type, name)] = il.DeclareLocal(type);
    }

    public Label Label(string name)
    {
        var label = il.DefineLabel();
        _names[label] = listing is null ? name : $"{name}{_names.Count}";
        return label;
    }

    public void Mark(Label label)
    {
        il.MarkLabel(label);
        listing?.Append(_names[label]).Append(":\n");
    }

    public void Comment(string text) => listing?.Append("    // ").Append(text).Append('\n');

    public void Emit(OpCode opcode)
    {
        il.Emit(opcode);
        List(opcode, "");
    }

    /// <summary>A 32-bit constant, or a parameter's number.</summary>
    public void Emit(OpCode opcode, int operand)
    {
        if (opcode == OpCodes.Ldarg) il.Emit(opcode, (short)operand);
        else il.Emit(opcode, operand);
        List(opcode, operand.ToString(CultureInfo.InvariantCulture));
    }

    public void Emit(OpCode opcode, long operand)
    {
        il.Emit(opcode, operand);
        List(opcode, operand.ToString(CultureInfo.InvariantCulture));
    }

    public void Emit(OpCode opcode, Label target)
    {
        il.Emit(opcode, target);
        List(opcode, _names[target]);
    }

    public void Emit(OpCode opcode, LocalBuilder local)
    {
        il.Emit(opcode, local);
        List(opcode, _locals.FirstOrDefault(l => l.Value == local).Key.Name);
    }

    public void Emit(OpCode opcode, FieldInfo field)
    {
        il.Emit(opcode, field);
        List(opcode, field.Name);
    }

    public void Call(MethodInfo method)
    {
        il.Emit(OpCodes.Call, method);
        List(OpCodes.Call, $"{method.Name}({method.GetParameters()[0].ParameterType.Name})");
    }

    public void Set(LocalBuilder local, int value)
    {
        Emit(OpCodes.Ldc_I4, value);
        Emit(OpCodes.Stloc, local);
    }

    public void Increment(LocalBuilder local)
    {
        Emit(OpCodes.Ldloc, local);
        Emit(OpCodes.Ldc_I4, 1);
        Emit(OpCodes.Add);
        Emit(OpCodes.Stloc, local);
    }

    /// <summary>Pushes an address that does not change during the code's life.</summary>
    public void PushPointer(nint address)
    {
        Emit(OpCodes.Ldc_I8, (long)address);
        Emit(OpCodes.Conv_U);
    }

    /// <summary>Turns the address of the first element and an index into the element's address. The index is not negative.</summary>
    public void ToElement(int size)
    {
        Emit(OpCodes.Conv_U);
        Emit(OpCodes.Ldc_I4, size);
        Emit(OpCodes.Mul);
        Emit(OpCodes.Add);
    }

    /// <summary>A load from an address that need not be aligned.</summary>
    public void LoadUnaligned(OpCode load)
    {
        if (load != OpCodes.Ldind_U1) il.Emit(OpCodes.Unaligned, (byte)1);
        Emit(load);
    }

    private void List(OpCode opcode, string operand) =>
        listing?.Append("    ").Append($"{opcode.Name,-10} {operand}".TrimEnd()).Append('\n');
}
