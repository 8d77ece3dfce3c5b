namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Puts a program together whose jumps name labels. A condition can skip only 255 instructions. If its target is further away, it gets a
/// jump of its own.
/// </summary>
internal sealed class CbpfAssembler
{
    /// <summary>The label of the next instruction.</summary>
    public const int Next = -1;

    private readonly List<Item> _items = [];
    private readonly List<int> _labels = [];

    public int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    /// <summary>Places a label here. All jumps to it come before it: the kernel accepts no jump back.</summary>
    public void Place(int label) => _labels[label] = _items.Count;

    public void Emit(CbpfOpcode opcode, uint k = 0) => _items.Add(new Item(opcode, k, Next, Next));

    public void Jump(int label) => _items.Add(new Item(CbpfOpcode.Ja, 0, label, Next));

    public void Branch(CbpfOpcode opcode, uint k, int ifTrue, int ifFalse) => _items.Add(new Item(opcode, k, ifTrue, ifFalse));

    public CbpfInstruction[] Assemble()
    {
        var places = new int[_items.Count + 1];
        while (Widen(places))
        {
        }

        List<CbpfInstruction> program = [];
        for (var i = 0; i < _items.Count; i++) Append(program, i, places);
        return [.. program];
    }

    /// <returns>Whether a jump became longer, so that places must be computed again.</returns>
    private bool Widen(int[] places)
    {
        for (var i = 0; i < _items.Count; i++) places[i + 1] = places[i] + 1 + _items[i].Extra;
        var widened = false;
        for (var i = 0; i < _items.Count; i++)
        {
            var item = _items[i];
            if (item.Opcode == CbpfOpcode.Ja) continue;
            var extra = (IsFar(item.IfTrue) ? 1 : 0) + (IsFar(item.IfFalse) ? 1 : 0);
            if (extra <= item.Extra) continue;
            _items[i] = item with { Extra = extra };
            widened = true;

            bool IsFar(int label) => label != Next && PlaceOf(label, places) - places[i] - 1 > byte.MaxValue;
        }

        return widened;
    }

    private void Append(List<CbpfInstruction> program, int index, int[] places)
    {
        var item = _items[index];
        var here = places[index];
        if (item.Opcode == CbpfOpcode.Ja)
        {
            program.Add(new CbpfInstruction(CbpfOpcode.Ja, 0, 0, (uint)(PlaceOf(item.IfTrue, places) - here - 1)));
            return;
        }

        List<CbpfInstruction> jumps = [];
        var ifTrue = Reach(item.IfTrue);
        var ifFalse = Reach(item.IfFalse);
        program.Add(new CbpfInstruction(item.Opcode, ifTrue, ifFalse, item.K));
        program.AddRange(jumps);

        byte Reach(int label)
        {
            var skipped = label == Next ? item.Extra : PlaceOf(label, places) - here - 1;
            if (skipped <= byte.MaxValue) return (byte)skipped;
            jumps.Add(new CbpfInstruction(CbpfOpcode.Ja, 0, 0, (uint)(skipped - jumps.Count - 1)));
            return (byte)(jumps.Count - 1);
        }
    }

    private int PlaceOf(int label, int[] places) => places[_labels[label]];

    private sealed record Item(CbpfOpcode Opcode, uint K, int IfTrue, int IfFalse)
    {
        /// <summary>Extra jumps after it.</summary>
        public int Extra { get; init; }
    }
}
