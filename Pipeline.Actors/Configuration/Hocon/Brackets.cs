using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>
/// The braces and brackets that are open, and what to say where they do not pair. The place where a missing brace is noticed is
/// rarely the place where it is missing, so pairs whose lines are indented differently are remembered as suspects.
/// </summary>
internal sealed class Brackets(SourceText source, Findings findings)
{
    private readonly Stack<HoconToken> _open = [];
    private int _braces;
    private bool _silent;
    private (HoconToken Opening, HoconToken Closing)? _suspect;

    /// <summary>
    /// The place of a string without an end that swallowed brackets. Brackets that open before it or close after it are not reported,
    /// because they may be correct.
    /// </summary>
    public int? LostAt { get; set; }

    public bool AnyBrace => _braces > 0;

    public bool AnyBracket => _open.Count > _braces;

    /// <summary>Reports nothing more, because the rest of the text is not read.</summary>
    public void Silence() => _silent = true;

    public void Open(HoconToken opening)
    {
        _open.Push(opening);
        if (opening.Kind == HoconTokenKind.OpenBrace) _braces++;
    }

    public void Close(HoconToken closing)
    {
        var opening = Pop();
        if (closing.IsFirst && closing.Indent != opening.Indent) _suspect ??= (opening, closing);
    }

    /// <summary>Reports the innermost open bracket when the parser meets something that cannot close it.</summary>
    public void NeverClosed(HoconToken met)
    {
        var opening = Pop();
        if (_silent || findings.IsFull || opening.Start < LostAt) return;
        var closing = opening.Kind == HoconTokenKind.OpenBrace ? '}' : ']';
        var before = met.Kind == HoconTokenKind.End ? "the end of the text" : $"the `{source.Text[met.Start]}` at {At(met.Start)}";
        findings.Error(
            source,
            SpanOf(opening),
            $"this `{source.Text[opening.Start]}` is never closed; expected `{closing}` before {before}",
            "opened here",
            Suspicion());
    }

    public void ClosesNothing(HoconToken closing)
    {
        if (findings.IsFull || closing.Start > LostAt) return;
        var kind = source.Text[closing.Start];
        var opening = kind == '}' ? '{' : '[';
        findings.Error(source, SpanOf(closing), $"this `{kind}` closes nothing; expected a `{opening}` before it", help: Suspicion());
    }

    private HoconToken Pop()
    {
        var opening = _open.Pop();
        if (opening.Kind == HoconTokenKind.OpenBrace) _braces--;
        return opening;
    }

    private string? Suspicion() => _suspect is not { } pair
        ? null
        : $"the `{source.Text[pair.Closing.Start]}` at {At(pair.Closing.Start)} closes the `{source.Text[pair.Opening.Start]}` "
            + $"at {At(pair.Opening.Start)}, and their lines are indented differently: look there first";

    private string At(int position)
    {
        var (line, column) = source.PositionOf(position);
        return $"{line}:{column}";
    }

    private static TextSpan SpanOf(HoconToken token) => TextSpan.Between(token.Start, token.End);
}
