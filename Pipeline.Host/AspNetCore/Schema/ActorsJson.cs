using System.Text.Json.Serialization;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/actors</c>, schema <c>pipeline.actors/1</c>: the actors that there are now.</summary>
/// <param name="Words">How many there are, or why there are none, in a sentence.</param>
/// <param name="Actors">Each behind its parent, in an order that stays the same. Empty once the run has ended.</param>
/// <param name="LeftOut">How many more there are than are told of.</param>
internal sealed record ActorsJson(string Schema, DateTimeOffset SampledAt, string Words, IReadOnlyList<ActorJson> Actors, int LeftOut)
{
    public static ActorsJson Of(ActorsView view) =>
        new("pipeline.actors/1", view.SampledAt, WordsOf(view), Projection.Of(view.Actors, ActorJson.Of), view.LeftOut);

    private static string WordsOf(ActorsView view) => view switch
    {
        { Actors.Count: 0 } => "the run has ended, and its actors have stopped",
        { LeftOut: > 0 } => $"{view.Actors.Count + view.LeftOut} actors, of which {view.LeftOut} are left out",
        { Actors.Count: 1 } => "1 actor",
        _ => $"{view.Actors.Count} actors",
    };
}

/// <summary>One actor. What is not counted or not there is a JSON null, never 0.</summary>
/// <param name="Path">Its path in its actor system, by which it is known in <see cref="Parent"/>.</param>
/// <param name="Kind">
/// <c>root</c>, <c>reclaimer</c>, <c>telemetry</c>, <c>rule-agent</c>, <c>rule-authority</c>, <c>rule-follower</c>, <c>queue</c>,
/// <c>router</c>, <c>consumer</c>, <c>peer-link</c>, <c>membership</c> or <c>other</c>.
/// </param>
/// <param name="Parent">The path of the actor that supervises it; null for those at the top.</param>
/// <param name="System"><c>pipeline</c>, or <c>cluster</c> for the actor system that takes part in the cluster. Paths are unique in each.</param>
/// <param name="State">Its state in a word, such as <c>running</c>, <c>idle</c> or <c>backing-off</c>.</param>
/// <param name="Does">What it does now, on one line.</param>
/// <param name="Mailbox">The bundles that wait for it.</param>
/// <param name="Bundles">Those that a queue filled, or that a router or consumer took since its mailbox was made.</param>
/// <param name="LastFailure">What it failed with the last time, on one line.</param>
/// <param name="Cpu">The CPU that its thread is bound to.</param>
internal sealed record ActorJson(
    string Path, string Kind, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Parent, string System, string State, string Does,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] MailboxJson? Mailbox, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Bundles,
    int Restarts, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastFailure, string Dispatcher,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Cpu)
{
    public static ActorJson Of(ActorView actor) => new(
        actor.Path, JsonWord.Of(actor.Kind), actor.Parent, actor.IsOfCluster ? "cluster" : "pipeline", actor.State, actor.Does,
        actor.Mailbox is { } mailbox ? MailboxJson.Of(mailbox) : null, actor.Bundles, actor.Restarts, actor.LastFailure, actor.Dispatcher, actor.Cpu);
}
