using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Checks that need all routes and consumers together.</summary>
internal static class RoutesCheck
{
    private const string Stack = ConsumerOptions.Stack;

    public static void Check(IReadOnlyList<BoundRoute> routes, IReadOnlyList<BoundConsumer> consumers)
    {
        var kinds = consumers.ToDictionary(c => c.Name, c => c.Options?.Kind);
        kinds.TryAdd(Stack, ConsumerKind.Stack);
        foreach (var route in routes)
        {
            Destination(route, kinds);
            ToStack(route, kinds, "overload", route.Options.Overload == Overload.ToStack, "wait, drop-new or drop-old");
            ToStack(route, kinds, "on-failure", route.Options.OnFailure == OnFailure.ToStack, "drop");
            Breaker(route, kinds);
        }

        Shadowed(routes);
        // A name that is misspelt in a route was reported already; its consumer is not reported as unreached as well.
        if (routes.All(r => kinds.ContainsKey(r.Options.To))) Unreached(routes, consumers);
    }

    private static void Destination(BoundRoute route, Dictionary<string, ConsumerKind?> kinds)
    {
        if (route.Options.To.Length == 0 || kinds.ContainsKey(route.Options.To)) return;
        var section = route.Section;
        if (section.Findings.IsFull) return;
        var near = Nearest.Of(route.Options.To, kinds.Keys);
        var help = near is null ? "consumers are declared in `consumers { NAME { kind = ... } }`" : $"did you mean `{Quoted.Short(near)}`?";
        section.Error(section.PlaceOf("to"), $"no consumer is called {section.Field("to")!.Value.Description}", help: help);
    }

    private static void ToStack(
        BoundRoute route, Dictionary<string, ConsumerKind?> kinds, string key, bool isToStack, string expected)
    {
        if (!isToStack) return;
        var (section, at) = (route.Section, route.Section.PlaceOf(key));
        if (kinds.GetValueOrDefault(route.Options.To) == ConsumerKind.Stack)
        {
            section.Error(at, $"`to-stack` on a route that leads to the stack already; expected {expected}");
        }
        else if (route.Options.Copy)
        {
            section.Error(
                at,
                $"`to-stack` on a route that copies: the stack would get a packet that has another final route; expected {expected}");
        }
        else if (key == "on-failure")
        {
            section.Warning(at, "this route fails open: while no instance takes packets, they go to the normal stack unseen");
        }
    }

    private static void Breaker(BoundRoute route, Dictionary<string, ConsumerKind?> kinds)
    {
        if (route.Options.Breaker is not { } breaker) return;
        var (section, at) = (route.Section, route.Section.PlaceOf("breaker"));
        if (kinds.GetValueOrDefault(route.Options.To) == ConsumerKind.Stack)
        {
            section.Error(at, "`breaker` on a route that leads to the stack already; expected none");
        }
        else if (route.Options.Copy)
        {
            section.Error(at, "`breaker` on a route that copies: the stack would get a packet that has another final route; expected none");
        }
        else
        {
            var until = breaker.Back is null ? "until somebody closes it" : "until its pause is over";
            section.Warning(
                at,
                "this route fails open: while its breaker is open, its packets go to the normal stack unseen",
                note: $"whatever its consumer would block gets through {until}");
            if (route.Options.Overload != Overload.Wait) return;
            section.Warning(at, "a route with `overload = wait` drops nothing on the way, so its breaker sees only what its consumer drops");
        }
    }

    /// <summary>A route is never reached when a final route before it takes every mark that it could match.</summary>
    private static void Shadowed(IReadOnlyList<BoundRoute> routes)
    {
        for (var i = 1; i < routes.Count; i++)
        {
            var route = routes[i];
            var earlier = routes.Take(i).FirstOrDefault(e => !e.Options.Copy && TakesAllOf(e.Options, route.Options));
            if (earlier is null) continue;
            var message = $"this route is never reached: the one at {earlier.Section.Place} takes all of its packets";
            route.Section.Warning(route.Section.Place, message);
        }
    }

    private static bool TakesAllOf(RouteOptions earlier, RouteOptions later) =>
        (earlier.MarkMask & ~later.MarkMask) == 0 && (later.Mark & earlier.MarkMask) == earlier.Mark;

    private static void Unreached(IReadOnlyList<BoundRoute> routes, IReadOnlyList<BoundConsumer> consumers)
    {
        var reached = routes.Select(r => r.Options.To).Append(Stack).ToHashSet();
        foreach (var consumer in consumers.Where(c => !reached.Contains(c.Name) && c.Options?.On is null or { Count: 0 }))
        {
            consumer.Section.Warning(consumer.Section.Place, $"no route leads to the consumer `{Quoted.Short(consumer.Name)}`");
        }
    }
}
