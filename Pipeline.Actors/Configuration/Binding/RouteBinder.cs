using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>A route and where it was written.</summary>
internal sealed record BoundRoute(RouteOptions Options, Section Section);

/// <summary>Binds <c>routes [ ]</c>.</summary>
internal static class RouteBinder
{
    public static readonly IReadOnlyList<string> Keys = ["mark", "to", "copy", "balance", "overload", "on-failure", "share", "release", "breaker"];

    public static readonly IReadOnlyList<string> BreakerKeys = ["drops", "for", "back"];

    /// <summary>
    /// Leaves room within <see cref="Routing.RouteTable.MaxRoutes"/> for the two routes that flags add and for the implicit one.
    /// </summary>
    private const int MostRoutes = 60;

    private static readonly Reading<Balance> Balances = Words.Of(
        ("flow", Balance.Flow), ("round-robin", Balance.RoundRobin), ("queue", Balance.Queue));

    private static readonly Reading<Overload?> Overloads = Words.Of<Overload?>(
        ("wait", Overload.Wait), ("drop-new", Overload.DropNew), ("drop-old", Overload.DropOld), ("to-stack", Overload.ToStack));

    private static readonly Reading<OnFailure> Failures = Words.Of(("drop", OnFailure.Drop), ("to-stack", OnFailure.ToStack));

    private static readonly Reading<TimeSpan> Fors = Durations.Between(BreakerOptions.Fors.Least, BreakerOptions.Fors.Most, "from 100 ms to 1 h");

    private static readonly Reading<TimeSpan> Times = Durations.Between(BreakerOptions.Backs.Least, BreakerOptions.Backs.Most, "from 100 ms to 1 d");

    private static readonly Reading<TimeSpan?> Backs = new($"`manual`, or {Times.Expected}", TryReadBack);

    public static IReadOnlyList<BoundRoute> BindAll(Section pipeline)
    {
        var sections = pipeline.Listed("routes").ToList();
        if (sections.Count > MostRoutes)
            pipeline.Error(sections[MostRoutes].Place, $"{sections.Count} routes; expected at most {MostRoutes}");
        return [.. sections.Take(MostRoutes).Select(Bind)];
    }

    private static BoundRoute Bind(Section section)
    {
        section.RejectUnknown(Keys);
        if (!section.Has("to")) section.Error(section.Place, "this route leads nowhere; expected `to` with the name of a consumer");

        var match = section.Read("mark", Marks.Match, default);
        var options = new RouteOptions { To = section.Read("to", Texts.Any, "") };
        options = options with
        {
            Mark = match.Mark,
            MarkMask = match.Mask,
            Copy = section.Read("copy", Words.Switch, options.Copy),
            Balance = section.Read("balance", Balances, options.Balance),
            Overload = section.Read("overload", Overloads, options.Overload),
            OnFailure = section.Read("on-failure", Failures, options.OnFailure),
            ReleasesToStack = section.Read("release", ReleaseBinder.Route, options.ReleasesToStack),
            Share = section.Read("share", Numbers.Share, options.Share),
            Breaker = section.Child("breaker") is { } breaker ? BindBreaker(breaker) : null,
        };
        section.Errors(options.Check());
        return new BoundRoute(options, section);
    }

    private static BreakerOptions BindBreaker(Section section)
    {
        section.RejectUnknown(BreakerKeys);
        var options = new BreakerOptions();
        options = options with
        {
            Drops = section.Read("drops", Numbers.Share, options.Drops),
            For = section.Read("for", Fors, options.For),
            Back = section.Read("back", Backs, options.Back),
        };
        section.Errors(options.Check());
        return options;
    }

    private static bool TryReadBack(string text, out TimeSpan? back)
    {
        var isTime = Times.TryRead(text, out var time);
        back = isTime ? time : null;
        return isTime || text == "manual";
    }
}
