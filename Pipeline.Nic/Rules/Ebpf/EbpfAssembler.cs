namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Puts an eBPF program together whose jumps name labels. All jumps lead forward, so the kernel's verifier sees at once that the program
/// ends.
/// </summary>
internal sealed class EbpfAssembler
{
    /// <summary>The furthest that a jump reaches: its offset has 16 bits.</summary>
    public const int MostInstructions = short.MaxValue;

    private readonly List<EbpfInstruction> _instructions = [];
    private readonly List<(int At, int Label)> _jumps = [];
    private readonly List<int> _labels = [];
    private readonly Dictionary<int, string> _comments = [];

    public int Length => _instructions.Count;

    public int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    /// <summary>Places a label here. All jumps to it come before it.</summary>
    public void Place(int label) => _labels[label] = Length;

    /// <summary>Adds a comment that the listing shows above the next instruction.</summary>
    public void Comment(string text) => _comments[Length] = _comments.TryGetValue(Length, out var before) ? $"{before}\n{text}" : text;

    public void Move(EbpfRegister target, EbpfRegister source) => Alu(EbpfAlu.Move, target, source);

    /// <summary>Sets a register to a constant of 32 bits; the upper half becomes 0.</summary>
    public void Set(EbpfRegister target, uint value) => Alu32(EbpfAlu.Move, target, unchecked((int)value));

    /// <summary>Sets a register to a constant, in as few instructions as possible.</summary>
    public void Set(EbpfRegister target, ulong value)
    {
        if (value <= uint.MaxValue) Set(target, (uint)value);
        else AddWide(target, R0, unchecked((int)value), unchecked((int)(value >> 32)));
    }

    /// <param name="map">Its index among the program's maps.</param>
    public void SetToMap(EbpfRegister target, int map) => AddWide(target, (EbpfRegister)EbpfCode.MapDescriptor, map, 0);

    /// <param name="map">The index among the program's maps of an array with one value.</param>
    /// <param name="offset">Bytes from the value's beginning.</param>
    public void SetToMapValue(EbpfRegister target, int map, int offset) => AddWide(target, (EbpfRegister)EbpfCode.MapValue, map, offset);

    public void Alu(EbpfAlu operation, EbpfRegister target, EbpfRegister source) =>
        Add((byte)(EbpfCode.Alu64 | (byte)operation | EbpfCode.FromRegister), target, source);

    /// <param name="value">Extended with its sign.</param>
    public void Alu(EbpfAlu operation, EbpfRegister target, int value) =>
        Add((byte)(EbpfCode.Alu64 | (byte)operation), target, R0, immediate: value);

    /// <summary>Operates on the lower halves. The upper half becomes 0.</summary>
    public void Alu32(EbpfAlu operation, EbpfRegister target, EbpfRegister source) =>
        Add((byte)(EbpfCode.Alu32 | (byte)operation | EbpfCode.FromRegister), target, source);

    public void Alu32(EbpfAlu operation, EbpfRegister target, int value) =>
        Add((byte)(EbpfCode.Alu32 | (byte)operation), target, R0, immediate: value);

    public void And(EbpfRegister target, ulong mask, EbpfRegister scratch)
    {
        if (mask <= int.MaxValue)
        {
            Alu(EbpfAlu.And, target, (int)mask);
            return;
        }

        Set(scratch, mask);
        Alu(EbpfAlu.And, target, scratch);
    }

    public void ToBigEndian(EbpfRegister target, int bits) => Add(EbpfCode.ToBigEndian, target, R0, immediate: bits);

    public void Load(EbpfSize size, EbpfRegister target, EbpfRegister from, int offset) =>
        Add((byte)(EbpfCode.LoadMemory | EbpfCode.Memory | (byte)size), target, from, (short)offset);

    public void Store(EbpfSize size, EbpfRegister to, int offset, EbpfRegister source) =>
        Add((byte)(EbpfCode.Store | EbpfCode.Memory | (byte)size), to, source, (short)offset);

    public void Store(EbpfSize size, EbpfRegister to, int offset, uint value) =>
        Add((byte)(EbpfCode.StoreImmediate | EbpfCode.Memory | (byte)size), to, R0, (short)offset, unchecked((int)value));

    /// <summary>Exchanges a register with a word in memory in one step (Linux 5.12).</summary>
    public void Exchange(EbpfRegister to, int offset, EbpfRegister register) =>
        Add(EbpfCode.Store | EbpfCode.Atomic | (byte)EbpfSize.Word, to, register, (short)offset, EbpfCode.Exchange);

    public void Jump(int label) => AddJump(EbpfCode.JumpAlways, R0, R0, 0, label);

    public void JumpIf(EbpfCondition condition, EbpfRegister register, EbpfRegister other, int label) =>
        AddJump((byte)(EbpfCode.Jump | (byte)condition | EbpfCode.FromRegister), register, other, 0, label);

    /// <param name="value">Extended with its sign.</param>
    public void JumpIf(EbpfCondition condition, EbpfRegister register, int value, int label) =>
        AddJump((byte)(EbpfCode.Jump | (byte)condition), register, R0, value, label);

    /// <summary>Compares the lower halves.</summary>
    public void JumpIf32(EbpfCondition condition, EbpfRegister register, EbpfRegister other, int label) =>
        AddJump((byte)(EbpfCode.Jump32 | (byte)condition | EbpfCode.FromRegister), register, other, 0, label);

    public void JumpIf32(EbpfCondition condition, EbpfRegister register, uint value, int label) =>
        AddJump((byte)(EbpfCode.Jump32 | (byte)condition), register, R0, unchecked((int)value), label);

    public void Call(EbpfHelper helper) => Add(EbpfCode.Call, R0, R0, immediate: (int)helper);

    /// <param name="function">Its number among the types of the running kernel.</param>
    public void CallKernel(int function) => Add(EbpfCode.Call, R0, (EbpfRegister)EbpfCode.KernelFunction, immediate: function);

    public void Exit() => Add(EbpfCode.Exit, R0, R0);

    /// <exception cref="InvalidOperationException">A jump is too long, or leads nowhere.</exception>
    public EbpfInstruction[] Assemble()
    {
        var program = _instructions.ToArray();
        foreach (var (at, label) in _jumps)
        {
            var distance = _labels[label] - at - 1;
            if (distance is < 0 or > MostInstructions)
                throw new InvalidOperationException($"The jump at {at} leads {distance} instructions on.");
            program[at] = program[at] with { Offset = (short)distance };
        }

        return program;
    }

    /// <summary>The comments above instructions, by index.</summary>
    public IReadOnlyDictionary<int, string> Comments => _comments;

    private void AddJump(byte code, EbpfRegister register, EbpfRegister other, int value, int label)
    {
        _jumps.Add((Length, label));
        Add(code, register, other, immediate: value);
    }

    private void AddWide(EbpfRegister target, EbpfRegister source, int low, int high)
    {
        Add(EbpfCode.LoadWide, target, source, immediate: low);
        Add(EbpfCode.Load, R0, R0, immediate: high);
    }

    private void Add(byte code, EbpfRegister target, EbpfRegister source, short offset = 0, int immediate = 0) =>
        _instructions.Add(new EbpfInstruction(code, target, source, offset, immediate));
}
