namespace Pipeline.Cluster.Tests;

/// <summary>
/// The thread pool with more work than it will get done: items that block and, first of all, some that compute. It adds threads while it
/// is crowded, one or two a second, and each of them finds the next item that blocks.
/// </summary>
internal sealed class CrowdedPool : IDisposable
{
    private const int Blocking = 400;

    private readonly ManualResetEventSlim _over = new();
    private readonly CountdownEvent _left;
    private int _getsThrough;

    public CrowdedPool()
    {
        var spinning = 2 * Environment.ProcessorCount;
        _left = new CountdownEvent(spinning + Blocking);
        for (var i = 0; i < spinning; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => Do(Spin), null);
        for (var i = 0; i < Blocking; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => Do(_over.Wait), null);
        ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref _getsThrough, 1), null);
    }

    /// <summary>Whether an item that came last has not had its turn yet.</summary>
    public bool IsCrowded => Volatile.Read(ref _getsThrough) == 0;

    public void Dispose()
    {
        _over.Set();
        _left.Wait(TimeSpan.FromSeconds(30));
    }

    private void Do(Action work)
    {
        work();
        _left.Signal();
    }

    private void Spin()
    {
        while (!_over.IsSet) Thread.SpinWait(1000);
    }
}
