namespace Pipeline.Actors.Generations;

/// <summary>What the authority on rules wants done after it has decided; <see cref="RuleAuthorityState"/> itself does nothing.</summary>
internal abstract record RuleEffect
{
    /// <summary>Send whoever asked this an answer.</summary>
    /// <param name="Ticket">The request's.</param>
    public sealed record Answer(long Ticket, RuleProtocol.Answer What) : RuleEffect;

    /// <summary>Have agents compile a text.</summary>
    public sealed record Build(RuleProtocol.Build What) : RuleEffect;

    /// <summary>Have agents put in force what they compiled for this request.</summary>
    public sealed record PutInForce(long Ticket) : RuleEffect;

    /// <summary>Come back with the deadline of this generation, and with no other.</summary>
    public sealed record AwaitConfirmation(int Generation, DateTimeOffset By) : RuleEffect;

    /// <summary>Nothing has to be confirmed any more.</summary>
    public sealed record ForgetDeadline : RuleEffect
    {
        public static readonly ForgetDeadline Instance = new();
    }

    /// <summary>Tell those who watch.</summary>
    public sealed record Tell(RuleProtocol.Changed What) : RuleEffect;
}
