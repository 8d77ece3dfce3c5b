namespace Pipeline.Nic.Diagnostics;

/// <summary>A stretch of a <see cref="SourceText"/>, in UTF-16 units.</summary>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The position after its last unit.</summary>
    public int End => Start + Length;

    /// <summary>From one position up to another, without the second; empty where the second is not after the first.</summary>
    public static TextSpan Between(int start, int end) => new(start, Math.Max(0, end - start));
}
