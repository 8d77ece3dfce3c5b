namespace Pipeline.Actors.Delivery;

/// <summary>Finds the consumers of a finished run that were of no use to anybody.</summary>
internal static class ConsumerFailures
{
    /// <returns>
    /// A fault for each consumer that failed during the whole run and was not reported yet. Instances with the same words share one fault.
    /// </returns>
    public static IEnumerable<RunFault> Of(IReadOnlyList<ConsumerInstance> instances) =>
        from instance in instances
        where !instance.Figures.IsToldAsFault
        let what = What(instance.Figures)
        where what is not null
        group what.Value.Error by (instance.Options.Name, what.Value.Words) into same
        select new RunFault(same.Key.Name, new ConsumerFailedException(same.Key.Words, same.First()));

    /// <summary>The failure in words, for reports; null for a consumer that was of some use, or got no packets.</summary>
    public static string? WordsOf(ConsumerInstance instance) => What(instance.Figures)?.Words;

    public static string NeverOpened(Exception error) => $"never opened: {FailureWords.Of(error)}";

    /// <summary>
    /// Whether another try in this process is useless: a type whose initialiser threw stays broken, and a library that was not found is not
    /// looked for again.
    /// </summary>
    public static bool IsFinal(Exception error) =>
        error is TypeInitializationException or TypeLoadException or MissingMemberException or BadImageFormatException
        || error is FileNotFoundException { FileName: { } name } && name.Contains(", Version=", StringComparison.Ordinal);

    private static (string Words, Exception Error)? What(ConsumerFigures figures)
    {
        if (figures.LastFailure is { } never && !figures.HasOpened) return (NeverOpened(never), never);
        if (figures.LastFailure is { } always && figures.HasFailedOnBundle && !figures.HasConsumed)
            return ($"failed on every bundle it was given: {FailureWords.Of(always)}", always);
        return figures.CompleteFailure is { } last ? ($"failed as it was to finish: {FailureWords.Of(last)}", last) : null;
    }
}
