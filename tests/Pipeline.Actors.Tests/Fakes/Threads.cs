namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Threads of a test's own, so that a stress does not depend on how many the thread pool has to spare.</summary>
internal static class Threads
{
    public static Task<T> Start<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for what other threads bring about; a condition that never comes fails the test.</summary>
    public static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Runs.Patience);
        while (!condition()) await Task.Delay(5, deadline.Token);
    }
}
