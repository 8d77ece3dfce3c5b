using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>The result of reading a configuration.</summary>
/// <param name="Options">The options; null when there is any error.</param>
/// <param name="Diagnostics">
/// Errors and warnings. Syntax errors come layer by layer; the others follow the order of the keys they are about.
/// </param>
public sealed record ConfigurationResult(PipelineOptions? Options, IReadOnlyList<Diagnostic> Diagnostics)
{
    private readonly Hocon.HoconObject? _tree;

    internal ConfigurationResult(PipelineOptions? options, IReadOnlyList<Diagnostic> diagnostics, Hocon.HoconObject tree)
        : this(options, diagnostics) => _tree = tree;

    /// <summary>
    /// What could be read, with defaults for what could not, so that a check can go on with it. It must not be run. Null if some layer is
    /// no configuration at all.
    /// </summary>
    public PipelineOptions? Readable { get => field ?? Options; internal init; }

    /// <summary>
    /// The place where the value of a key was written. With it, a problem that is found later, such as a missing rule file, can be reported
    /// as a <see cref="Diagnostic"/> too.
    /// </summary>
    /// <param name="keys">From <c>pipeline</c> on: <c>"pipeline", "consumers", "dns", "filter"</c>.</param>
    /// <returns>Null for a key that is absent, or null.</returns>
    public (SourceText Source, TextSpan Span)? Find(params IReadOnlyList<string> keys)
    {
        Hocon.HoconNode? node = _tree;
        foreach (var key in keys)
        {
            node = node is Hocon.HoconObject parent && parent.TryGet(key, out var field) ? field.Value : null;
        }

        return node is null or Hocon.HoconValue { IsNull: true } ? null : (node.Source, node.Span);
    }

    /// <summary>Makes an error about a value whose problem is found only later, at the place where the value was written.</summary>
    /// <param name="message">What is wrong, without a full stop.</param>
    /// <param name="keys">The value's, from <c>pipeline</c> on.</param>
    public Diagnostic Error(string message, params string[] keys) => Error(message, help: null, keys);

    /// <inheritdoc cref="Error(string, string[])"/>
    /// <param name="help">What to do about it; null for nothing to say.</param>
    public Diagnostic Error(string message, string? help, string[] keys)
    {
        var (source, span) = Find(keys) ?? (new SourceText(string.Join('.', keys), ""), default);
        return Diagnostic.Error(source, span, message, help: help);
    }

    /// <summary>Compiles the consumers' filters, which needs libpcap.</summary>
    /// <returns>An error for each that cannot be used.</returns>
    public IReadOnlyList<Diagnostic> CheckFilters() => ConsumerFilters.Errors(this);

    /// <summary>Checks that the handlers it names are available. No handler is made and none of their code runs.</summary>
    /// <param name="canTransmit">Whether there is anything that <c>forward</c> could transmit with.</param>
    /// <returns>An error for each handler that is not, and whether the reason is a missing assembly.</returns>
    public IReadOnlyList<(Diagnostic Error, bool IsMissing)> CheckHandlers(bool canTransmit) =>
        ConsumerHandlers.Problems(this, canTransmit);

    /// <summary>Checks that the libraries are available that its handlers were built against. None of their code runs.</summary>
    /// <param name="areErrors">True reports a missing library as an error; false as a warning, because it might never be needed.</param>
    public IReadOnlyList<Diagnostic> CheckLibraries(bool areErrors) => ConsumerHandlers.Missing(this, areErrors);
}
