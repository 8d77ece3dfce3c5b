using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>A match and the mark it sets.</summary>
/// <param name="Name">Unique in its set; becomes a file name and a label.</param>
/// <param name="Mark">The bits to set; those outside <paramref name="MarkMask"/> are ignored.</param>
/// <param name="MarkMask">The bits of the packet's mark that this rule writes.</param>
/// <param name="Continue">Whether later rules are tried after this one matched.</param>
/// <param name="Span">Where the rule stands in its source.</param>
public abstract record MarkRule(string Name, uint Mark, uint MarkMask, bool Continue, TextSpan Span)
{
    /// <summary>The condition that it matches, as a rule file has it.</summary>
    public abstract string Condition { get; }

    /// <summary>The mark as a rule file has it: the value, and the mask unless it is all bits.</summary>
    public string MarkText => MarkMask == uint.MaxValue ? $"0x{Mark:x}" : $"0x{Mark:x}/0x{MarkMask:x}";

    /// <summary>The packet's mark after this rule.</summary>
    public uint ApplyTo(uint mark) => (mark & ~MarkMask) | (Mark & MarkMask);

    /// <summary>The rule as one line of a rule file.</summary>
    public sealed override string ToString() => $"rule {Name} {Condition} mark {MarkText}{(Continue ? " continue" : "")}";
}
