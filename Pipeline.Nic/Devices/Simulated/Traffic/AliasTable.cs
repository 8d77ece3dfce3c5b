using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>
/// Draws by weight in constant time (Vose: A Linear Algorithm for Generating Random Numbers with a Given Distribution, 1991): each column
/// holds a part of its own outcome and the rest of another's.
/// </summary>
internal sealed class AliasTable
{
    private readonly Column[] _columns;

    /// <param name="weights">At least one, none negative, not all 0.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        _columns = new Column[weights.Length];
        var total = 0.0;
        foreach (var weight in weights) total += weight;

        var parts = new double[weights.Length];
        var (small, large) = (new Stack<int>(), new Stack<int>());
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = weights[i] / total * parts.Length;
            (parts[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            _columns[less] = new Column((uint)(parts[less] * (1L << 32)), more);
            parts[more] -= 1 - parts[less];
            (parts[more] < 1 ? small : large).Push(more);
        }

        foreach (var whole in small.Concat(large)) _columns[whole] = new Column(uint.MaxValue, whole);
    }

    private readonly record struct Column(uint Threshold, int Alias);

    /// <summary>It has no branch on the outcome, because no processor could predict it.</summary>
    /// <param name="random">64 random bits: the upper half chooses the column, the lower the part.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet of the wire and queue
    public int Draw(ulong random)
    {
        var columns = _columns;
        var own = (int)((random >> 32) * (uint)columns.Length >> 32);
        var column = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(columns), own);
        var isOwn = (int)(((long)(uint)random - column.Threshold) >> 63);
        return column.Alias ^ ((column.Alias ^ own) & isOwn);
    }
}
