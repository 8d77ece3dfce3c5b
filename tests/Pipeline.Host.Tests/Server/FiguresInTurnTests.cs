using Microsoft.AspNetCore.Http;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Figures are dear: those who ask for them at the same time do not take all threads from others.</summary>
public sealed class FiguresInTurnTests
{
    [Fact]
    public async Task Figures_are_read_for_one_at_a_time_and_who_goes_away_waits_no_longer()
    {
        var readings = 0;
        using var goOn = new SemaphoreSlim(0);
        var begun = new TaskCompletionSource();
        var run = new FakeRun
        {
            Reading = () =>
            {
                Interlocked.Increment(ref readings);
                begun.TrySetResult();
                goOn.Wait(ServedRun.Patience);
            },
        };
        var endpoints = new SnapshotEndpoints(new Attached { Run = run }, isReadOnly: false, CancellationToken.None);
        var first = Task.Run(() => endpoints.Metrics(new DefaultHttpContext()));
        await begun.Task.WaitAsync(ServedRun.Patience);
        using var leaves = new CancellationTokenSource();

        var second = endpoints.Metrics(new DefaultHttpContext { RequestAborted = leaves.Token });
        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        goOn.Release();
        await first;
        Assert.Equal(1, readings);
    }
}
