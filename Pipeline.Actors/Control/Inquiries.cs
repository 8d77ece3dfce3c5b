using Akka.Actor;

namespace Pipeline.Actors.Control;

/// <summary>
/// The edge between callers and actors: a call becomes a message, and the message that answers it ends the call. The object that a caller
/// waits on stays here, so that messages carry nothing that has a meaning only in this process. Any thread.
/// </summary>
/// <param name="completion">Ends when nobody is left to answer.</param>
internal sealed class Inquiries(Task completion)
{
    /// <summary>The most calls that may wait at a time. A paused consumer can keep them waiting for ever.</summary>
    public const int Most = 1024;

    private static readonly string TooMany = $"{Most} requests wait for an answer already; try again when some have been answered";

    private int _waiting;

    /// <summary>Sends an actor a question and waits for the answer.</summary>
    /// <returns>The answer; null when the run ended first.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Most"/> calls wait already.</exception>
    /// <exception cref="OperationCanceledException">The caller has stopped waiting. The request may still be carried out.</exception>
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
