using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Control;

/// <summary>The outcome of an order to the root.</summary>
internal enum OrderOutcome
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>There is no such consumer, instance or route.</summary>
    Unknown,

    /// <summary>It makes no sense for that consumer.</summary>
    Refused,

    /// <summary>The run has ended or is ending.</summary>
    Ended,

    /// <summary>An output could not be created. Nothing has changed.</summary>
    NoOutput,

    /// <summary>A handler is not available. Nothing has changed.</summary>
    NoHandler,
}

/// <summary>The answer to an order.</summary>
/// <param name="Words">The reason for a failure; empty when the order was carried out.</param>
/// <param name="Subject">The output that the answer is about, if any.</param>
internal sealed record OrderAnswer(OrderOutcome Outcome, string Words = "", string Subject = "") : ILocalMessage
{
    public static readonly OrderAnswer Done = new(OrderOutcome.Done);
    public static readonly OrderAnswer Unknown = new(OrderOutcome.Unknown);
    public static readonly OrderAnswer Ended = new(OrderOutcome.Ended);

    /// <summary>Describes an exception in words that a message can carry.</summary>
    public static OrderAnswer Of(Exception error) => error switch
    {
        OutputException output => new(OrderOutcome.NoOutput, output.Message[(output.Output.Length + 2)..], output.Output),
        HandlerException handler => new(OrderOutcome.NoHandler, handler.Message),
        _ => new(OrderOutcome.Refused, error.Message),
    };

    /// <returns>Whether it was carried out; false when there was nothing to carry it out on.</returns>
    /// <exception cref="OutputException">An output could not be created.</exception>
    /// <exception cref="HandlerException">A handler is not available.</exception>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public bool ToResult() => Outcome switch
    {
        OrderOutcome.Done => true,
        OrderOutcome.Unknown or OrderOutcome.Ended => false,
        OrderOutcome.NoOutput => throw new OutputException(Subject, Words),
        OrderOutcome.NoHandler => throw new HandlerException(Words),
        _ => throw new InvalidOperationException(Words),
    };
}
