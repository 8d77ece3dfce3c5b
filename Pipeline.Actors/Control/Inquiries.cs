using Akka.Actor;

namespace Pipeline.Actors.Control;

/// <summary>
/// The edge between callers and actors: a call becomes a message, and the message that answers it ends the call. What a caller waits by
/// stays here, so that messages carry nothing that only means something in this process. Any thread.
/// </summary>
/// <param name="completion">Ends when nobody is left to answer.</param>
internal sealed class Inquiries(Task completion)
{
    /// <summary>Calls that may wait at a time. A paused consumer can have them wait for ever.</summary>
    public const int Most = 1024;

    private static readonly string TooMany = $"{Most} requests wait for an answer already; try again when some have been answered";

    private int _waiting;

    /// <summary>Tells an actor something that it answers.</summary>
    /// <returns>The answer; null where the run was over before there was one.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Most"/> calls wait already.</exception>
    /// <exception cref="OperationCanceledException">The caller has stopped waiting. What was asked for may happen all the same.</exception>
    public async Task<T?> Ask<T>(IActorRef actor, object question, CancellationToken stop)
        where T : class
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > Most) throw new InvalidOperationException(TooMany);
            using var given = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var answer = actor.Ask<T>(question, Timeout.InfiniteTimeSpan, given.Token);
            await Task.WhenAny(answer, completion);
            if (answer.IsCompleted) return await answer;
            await given.CancelAsync();
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
