using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>
/// One value of a configuration, with the place it was written at: a <see cref="HoconObject"/>, <see cref="HoconList"/> or
/// <see cref="HoconValue"/>.
/// </summary>
/// <param name="source">The text it stands in. Values of merged layers keep their own texts.</param>
/// <param name="span">The stretch of that text.</param>
internal abstract class HoconNode(SourceText source, TextSpan span)
{
    public SourceText Source { get; } = source;

    public TextSpan Span { get; internal set; } = span;

    /// <summary>What it is, for messages: "an object", "a list", or the value itself.</summary>
    public abstract string Description { get; }
}

/// <summary>A string, number, boolean, size, duration or <c>null</c>. Whoever reads it decides what it means.</summary>
/// <param name="source">The text it stands in.</param>
/// <param name="span">The stretch of that text, quotes included.</param>
/// <param name="text">The value, quotes and escapes resolved.</param>
/// <param name="quoted">Whether it stood in quotes. Only an unquoted <c>null</c> is no value.</param>
internal sealed class HoconValue(SourceText source, TextSpan span, string text, bool quoted) : HoconNode(source, span)
{
    public string Text { get; } = text;

    public bool IsNull => !quoted && Text == "null";

    public override string Description => $"`{Quoted.Short(Text)}`";
}

/// <summary>Values in brackets.</summary>
internal sealed class HoconList(SourceText source, TextSpan span, IReadOnlyList<HoconNode> items) : HoconNode(source, span)
{
    public IReadOnlyList<HoconNode> Items { get; } = items;

    public override string Description => "a list";
}
