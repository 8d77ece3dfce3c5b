using System.Text;
using Pipeline.TestSupport;

namespace Pipeline.Actors.Tests.Configuration.Fuzzing;

/// <summary>Makes up configurations: keys that there are, mostly where they belong, with values that are mostly of the right kind.</summary>
internal static class RandomConfiguration
{
    /// <summary>What the language is made of, and what is nearly so.</summary>
    public static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "=", ":", ",", "\n", "\"", "\"\"\"", "\\", "#", "//", "${", "${?", "+=", "include ", " ", ".", "a", "a.b",
        "null", "50 us", "\\u00", "\0", "\uD800",
        "pipeline", "routes", "consumers", "mark", "to", "stack", "kind", "af_packet", "write", "25%", "0x10/0xf0", "bundle.packets",
        "source", "-1", "1e9", "99999999999999999999",
        "infinite", "1 MiB", "on", "true", "sim",
    ];

    private static readonly string[] Values =
    [
        "0", "1", "64", "-1", "4096", "1.5", "1e3", "99999999999999999999", "on", "off", "true", "null", "auto", "50 us", "1 ms", "10s",
        "5 m", "300 ns", "25%", "100%", "101%", "1 MiB",
        "100 k", "4 GiB", "\"\"", "\"a\"", "stack", "sink", "0x10", "\"0x10/0xf0\"", "0x100000000", "flow", "round-robin", "queue", "wait",
        "drop-new", "drop-old", "to-stack", "bypass",
        "af_packet", "count", "flows", "forward", "imix", "mixed", "[]", "{}", "[1, 2]", "[ \"stall 2 at 50000 for 1000\" ]",
        "\"stall 2 at\"", "\"127.0.0.1:8480\"", "\"[::1]:0\"", "\"out.pcapng\"",
    ];

    private static readonly string[] Route = ["mark", "to", "copy", "balance", "overload", "share"];

    private static readonly string[] Consumer =
    [
        "kind", "handler", "write", "snaplen", "instances", "filter", "to", "options", "rotate", "rotate.files", "rotate.filesize", "rotate.duration", "on",
    ];

    private static readonly string[] Simulator = ["seed", "queues", "ring", "profile", "packets", "faults", "rate", "free-running", "flows", "pages"];

    private static readonly string[] Top =
    [
        "rules", "keep-out", "bundle.packets", "bundle.latency", "pool.pages", "pool.page-size", "dashboard.listen", "source.file",
        "source.replay-speed", "cpus", "bundle", "cluster", "snaplen",
    ];

    public static string Make(Chance chance)
    {
        var text = new StringBuilder("pipeline {\n");
        if (chance.OneIn(2)) text.Append("  source { sim {\n").Append(Fields(chance, Simulator)).Append("} }\n");
        if (chance.OneIn(2)) text.Append(Fields(chance, Top));
        text.Append("  routes = [\n");
        for (var routes = chance.Below(4); routes > 0; routes--) text.Append($"{{ {Fields(chance, Route)} }},\n");
        text.Append("{ to = sink } ]\n  consumers {\n    sink { kind = bypass, handler = count }\n");
        for (var consumers = chance.Below(3); consumers > 0; consumers--) text.Append($"c{chance.Below(3)} {{ {Fields(chance, Consumer)} }}\n");
        return text.Append("  }\n}\n").ToString();
    }

    /// <summary>Environment variables that are ours by their names, or nearly.</summary>
    public static Dictionary<string, string> Variables(Chance chance)
    {
        var variables = new Dictionary<string, string>();
        for (var count = chance.Below(4); count > 0; count--)
        {
            var keys = chance.Of<string>(Top) + (chance.OneIn(3) ? "." + chance.Of<string>(Simulator) : "");
            var (name, value) = ("PIPELINE__" + keys.Replace(".", "__").Replace('-', '_').ToUpperInvariant(), Value(chance));
            if (chance.OneIn(4)) name = TextMutation.Apply(name, ["__", "_", "ROUTES", "x"], chance);
            variables[name] = chance.OneIn(3) ? TextMutation.Apply(value, Pieces, chance) : value;
        }

        return variables;
    }

    private static string Fields(Chance chance, string[] keys)
    {
        var text = new StringBuilder();
        for (var count = 1 + chance.Below(4); count > 0; count--)
            text.Append($"{chance.Of<string>(keys)} {chance.Of(["=", "=", ":", "+="])} {Value(chance)}{chance.Of([", ", "\n"])}");
        return text.ToString();
    }

    private static string Value(Chance chance) => chance.Of<string>(Values);
}
