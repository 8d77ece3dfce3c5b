namespace Pipeline.TestSupport;

/// <summary>What code allocates that has run before.</summary>
public static class Allocation
{
    private const int MostRounds = 6;

    /// <summary>
    /// The bytes that a round allocates on this thread once it is warm: those of the first round that allocates nothing, or of the last.
    /// </summary>
    /// <remarks>
    /// The runtime allocates too, when it compiles a method anew, at a time of its own choice. That passes; what a tested method allocates it
    /// allocates in every round.
    /// </remarks>
    /// <param name="round">Runs two to six times.</param>
    public static long OnceWarm(Action round)
    {
        round();
        var allocated = 0L;
        for (var i = 1; i < MostRounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0) break;
        }

        return allocated;
    }
}
