using System.Runtime.CompilerServices;
using Akka.Actor;
using Pipeline.Actors.Delivery;

namespace Pipeline.Actors.Telemetry;

/// <summary>How often actors failed, and with what. It forgets an actor that is gone. The root writes it; any thread reads it.</summary>
internal sealed class ActorFailures
{
    private readonly ConditionalWeakTable<IActorRef, Failures> _all = [];

    public void Add(IActorRef actor, Exception error)
    {
        var before = Of(actor);
        _all.AddOrUpdate(actor, new Failures(before.Count + 1, FailureWords.Of(error)));
    }

    /// <returns>No failures for an actor that has not failed.</returns>
    public Failures Of(IActorRef actor) => _all.TryGetValue(actor, out var failures) ? failures : Failures.None;

    /// <param name="Count">How often it failed, and was restarted.</param>
    /// <param name="Last">What it failed with the last time, on one line of at most some hundred characters; null for nothing.</param>
    internal sealed record Failures(int Count, string? Last)
    {
        public static readonly Failures None = new(0, null);
    }
}
