using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Setup;

/// <summary>What the binder of configurations would have said about options that code made.</summary>
internal static class OptionsCheck
{
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static void Check(PipelineOptions options, IEnumerable<string> handlers)
    {
        var known = options.Consumers.Keys.Concat(handlers).Append("stack").Distinct().ToList();
        foreach (var route in options.Routes)
        {
            Require(known.Contains(route.To), $"a route leads to '{route.To}', but there is no such consumer; there are {string.Join(", ", known)}");
            Require(route.Share is > 0 and <= 1, $"the route to '{route.To}' has a share of {route.Share}; expected more than 0 and at most 1");
            Require((route.Mark & ~route.MarkMask) == 0, $"the route to '{route.To}' can never match: its mark 0x{route.Mark:x} has bits outside its mask 0x{route.MarkMask:x}");
        }

        foreach (var consumer in options.Consumers.Values)
        {
            Require(consumer.Instances is >= 1 and <= 64, $"the consumer '{consumer.Name}' has {consumer.Instances} instances; expected 1 to 64");
        }

        Require(options.Bundle.Packets is null or (>= 1 and <= 1024), $"bundles have {options.Bundle.Packets} packets; expected 1 to 1024");
    }

    private static void Require(bool isSo, string message)
    {
        if (!isSo) throw new ArgumentException(message);
    }
}
