using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>Waiting for what must come, however busy the machine is.</summary>
internal static class Soon
{
    /// <summary>The bound of every wait. Nothing is decided by how long something took within it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="otherwise">What it was in the end, for the message of a test that fails.</param>
    public static async Task Holds(Func<bool> condition, Func<string>? otherwise = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"it does not come: {otherwise?.Invoke()}");
            await Task.Delay(10);
        }
    }

    /// <inheritdoc cref="Holds(Func{bool}, Func{string}?)"/>
    public static async Task Holds(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"it does not come: {otherwise?.Invoke()}");
            await Task.Delay(50);
        }
    }
}
