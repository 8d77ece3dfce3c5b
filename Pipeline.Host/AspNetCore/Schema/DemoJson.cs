using Pipeline.Host.Demo;

namespace Pipeline.Host.Schema;

/// <summary>What can be ordered in a demo: <c>GET /api/v1/demo</c>. No act where it is no demo.</summary>
internal sealed record DemoJson(string Schema, IReadOnlyList<DemoActJson> Acts)
{
    public static DemoJson Of(bool isDemo) =>
        new("pipeline.demo/1", isDemo ? [.. DemoAct.All.Select(a => new DemoActJson(a.Name, a.Title, a.Words))] : []);
}

internal sealed record DemoActJson(string Name, string Title, string Words);

/// <summary>What comes of an act.</summary>
internal sealed record DemoActedJson(string Act, string Words);
