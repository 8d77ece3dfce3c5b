namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Checks what routes and consumers say about released flows against each other.</summary>
internal static class ReleaseCheck
{
    public static void Check(IReadOnlyList<BoundRoute> routes, IReadOnlyList<BoundConsumer> consumers)
    {
        var options = consumers.Where(c => c.Options is not null).ToDictionary(c => c.Name, c => c.Options!);
        foreach (var route in routes)
        {
            var to = options.GetValueOrDefault(route.Options.To);
            if (route.Options.ReleasesToStack) Releasing(route, to);
            else if (!route.Options.Copy && to is { ReleaseAfter: not null, Kind: not ConsumerKind.Stack }) Ignored(route);
        }
    }

    private static void Releasing(BoundRoute route, ConsumerOptions? to)
    {
        var (section, at) = (route.Section, route.Section.PlaceOf("release"));
        if (route.Options.To == ConsumerOptions.Stack || to?.Kind == ConsumerKind.Stack)
            section.Error(at, "`release = stack` on a route that leads to the stack already; expected no `release`");
        else if (to?.On.Count > 0)
            section.Error(at, $"`release = stack` on a route to {to.Name}, which runs on other nodes: what it has seen enough of is not known here; expected no `release`");
        else if (to is { ReleaseAfter: null, HandlerAssembly: null })
            section.Warning(at, $"nothing releases flows here: the consumer {to.Name} has no `release-after`, and only handlers of your own release by themselves");
    }

    /// <summary>The consumer's copies may end; the packets of this route never will.</summary>
    private static void Ignored(BoundRoute route) => route.Section.Error(
        route.Section.PlaceOf("to"),
        $"the consumer {route.Options.To} has `release-after`, but this route goes on whatever it has seen; expected `release = stack` here, for a stack that has not "
        + "seen the beginning of the flows, or `copy = true`");
}
