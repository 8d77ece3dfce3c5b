namespace Pipeline.Nic.Diagnostics;

/// <summary>A stretch of a <see cref="SourceText"/>, in UTF-16 units.</summary>
public readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;

    public static TextSpan Between(int start, int end) => new(start, Math.Max(0, end - start));
}
