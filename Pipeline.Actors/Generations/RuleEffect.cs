namespace Pipeline.Actors.Generations;

/// <summary>An action that the authority on rules takes after a decision; <see cref="RuleAuthorityState"/> itself does nothing.</summary>
internal abstract record RuleEffect
{
    /// <summary>Answer whoever made this request.</summary>
    /// <param name="Ticket">The request's.</param>
    public sealed record Answer(long Ticket, RuleProtocol.Answer What) : RuleEffect;

    /// <summary>Make agents compile a text.</summary>
    public sealed record Build(RuleProtocol.Build What) : RuleEffect;

    /// <summary>Make agents put in force what they compiled for this request.</summary>
    public sealed record PutInForce(long Ticket) : RuleEffect;

    /// <summary>Report when this generation's deadline is over. Earlier deadlines are forgotten.</summary>
    public sealed record AwaitConfirmation(int Generation, DateTimeOffset By) : RuleEffect;

    /// <summary>Forget the deadline, because nothing has to be confirmed any more.</summary>
    public sealed record ForgetDeadline : RuleEffect
    {
        public static readonly ForgetDeadline Instance = new();
    }

    /// <summary>Tell those who watch.</summary>
    public sealed record Tell(RuleProtocol.Changed What) : RuleEffect;
}
