using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Consumers;

/// <summary>A number that a handler counts and reports show. Any thread. It has cache lines of its own.</summary>
[DebuggerDisplay("{Name}: {Value}")]
public sealed class HandlerCounter
{
    private Padded _count;

    internal HandlerCounter(string name) => Name = name;

    /// <summary>1 to 64 of a-z, 0-9 and hyphens, as <see cref="HandlerContext.Counter"/> was asked for it.</summary>
    public string Name { get; }

    /// <summary>The number now. It wraps beyond 63 bits.</summary>
    public long Value => Volatile.Read(in _count.Value);

    /// <summary>
    /// Counts one. An interlocked addition: for every packet, count in a local variable and <see cref="Add"/> once a batch.
    /// </summary>
    public void Increment() => Interlocked.Increment(ref _count.Value);

    /// <summary>
    /// Adds a number at once, in one interlocked addition. Negative numbers subtract, which suits a level and not a count.
    /// </summary>
    public void Add(long number) => Interlocked.Add(ref _count.Value, number);

    /// <summary>Sets the number, for a level and not a count, such as the entries of a table.</summary>
    public void Set(long number) => Volatile.Write(ref _count.Value, number);

    // Two lines of 64 bytes around the number, because CPUs fetch lines in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Padded
    {
        [FieldOffset(56)]
        public long Value;
    }
}
