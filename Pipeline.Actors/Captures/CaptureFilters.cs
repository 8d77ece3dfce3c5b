using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// Compiles the filters of captures, one at a time and each within a second. libpcap cannot be interrupted: whoever asks while a filter
/// takes longer is refused. Any thread.
/// </summary>
internal static class CaptureFilters
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>One for the process, as there is one libpcap in it.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    /// <returns>Null for the empty expression, which every packet matches.</returns>
    /// <param name="links">The link types that packets have so far.</param>
    /// <exception cref="CaptureRefusedException">It has an error, or takes too long.</exception>
    public static async Task<PacketFilter?> Compile(string expression, IReadOnlyList<LinkLayer> links)
    {
        if (string.IsNullOrWhiteSpace(expression)) return null;
        if (!await Turn.WaitAsync(Patience))
            throw new CaptureRefusedException("the filter of another capture is still being compiled; ask again in a second", CaptureRefusal.TooMany);
        var compiling = Task.Run(() => Make(expression, links));
        _ = compiling.ContinueWith(_ => Turn.Release(), TaskScheduler.Default);
        try
        {
            return await compiling.WaitAsync(Patience);
        }
        catch (FilterException error)
        {
            throw Invalid(error.Message);
        }
        catch (TimeoutException)
        {
            throw Invalid($"it cannot be compiled within {Patience.TotalSeconds} s; a shorter one, without names of hosts, can");
        }
    }

    private static PacketFilter Make(string expression, IReadOnlyList<LinkLayer> links)
    {
        try
        {
            var filter = PacketFilter.CreateQuickly(expression);
            var rejections = links.Select(filter.Prepare).ToList();
            if (rejections.Count > 0 && rejections.TrueForAll(r => r is not null)) throw new FilterException(rejections[0]!);
            return filter;
        }
        catch (FilterException error) when (error.Message.Contains("syntax error", StringComparison.Ordinal))
        {
            throw new FilterException($"{error.Message} {FilterPlace.Of(expression)}");
        }
    }

    private static CaptureRefusedException Invalid(string words) => new($"filter: {words}", CaptureRefusal.Invalid);
}
