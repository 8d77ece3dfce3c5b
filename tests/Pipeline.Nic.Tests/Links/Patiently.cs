using System.Diagnostics;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Waits for what other threads bring about. What does not come within a minute fails the test.</summary>
internal static class Patiently
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static void Await(Func<bool> condition, Func<string> otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Limit, otherwise());
            Thread.Yield();
        }
    }

    public static void Await(Func<bool> condition) => Await(condition, () => "It did not come about within a minute.");
}
