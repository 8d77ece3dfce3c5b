using Pipeline.Host.Schema;

namespace Pipeline.Host.Server.OpenApi;

/// <summary>Every call of the API, by its method and path. A test holds it against the addresses of the server.</summary>
internal static class Operations
{
    private const string Text = "text/plain";

    private static readonly Parameter Who = new("who", "string", "who asks, for the history and the events; a token's name goes before it");
    private static readonly Parameter Source = new("source", "string", "where the text is from, for messages");
    private static readonly Parameter Seconds = new("seconds", "number", "how long, above 0 and at most 10; 1 without it");
    private static readonly Parameter Save = new("save", "string", "yes to write the rule file too");

    private static JsonShapes Shapes => JsonShapes.Default;

    public static IReadOnlyDictionary<string, Operation> All { get; } = new Dictionary<string, Operation>
    {
        ["GET /health"] = Health("whether the pipeline is ready"),
        ["GET /health/ready"] = Health("whether the pipeline is ready, and why not"),
        ["GET /health/live"] = Health("whether the program runs"),
        ["GET /metrics"] = new("the figures for Prometheus") { MediaType = "text/plain; version=0.0.4" },
        ["GET /api/v1/openapi.json"] = new("this description") { MediaType = "application/json" },

        ["GET /api/v1/snapshot"] = new("the figures") { Answer = Shapes.SnapshotJson },
        ["GET /api/v1/stream"] = new("the figures as server-sent events: snapshot, hb after a silence, bye at the end") { MediaType = "text/event-stream", Query = [new("hz", "number", "events a second, 0.1 to 20; 1 without it")], Refusals = [400] },
        ["GET /api/v1/topology"] = new("the pipeline as a graph with rates") { Answer = Shapes.TopologyJson, Query = [new("format", "string", "json, or mermaid for the text of a flowchart")], Refusals = [400] },
        ["GET /api/v1/history"] = new("five minutes, a reading a second") { Answer = Shapes.HistoryJson },
        ["GET /api/v1/actors"] = new("the actors, and what each does now") { Answer = Shapes.ActorsJson },
        ["GET /api/v1/events"] = new("what happened") { Answer = Shapes.EventsJson, Query = [new("after", "integer", "only events with higher numbers")], Refusals = [400] },
        ["GET /api/v1/paths"] = new("packets by rule, mark, consumer and fate") { Answer = Shapes.PathsJson, Query = [Seconds], Refusals = [400, 429] },

        ["GET /api/v1/rules"] = new("the rules in force with their counts; the bare text where text/plain is accepted") { Answer = Shapes.RulesJson },
        ["PUT /api/v1/rules"] = new("puts rules in force, as a new generation") { Body = Text, Answer = Shapes.RuleChangeJson, Query = [new("empty", "string", "yes to take all rules away"), new("confirm", "number", "go back after so many seconds, unless confirmed"), Save, Source, Who], Refusals = [400, 408, 409, 413, 415, 422] },
        ["GET /api/v1/rules/history"] = new("the generations so far, the newest first") { Answer = Shapes.RuleHistoryJson },
        ["POST /api/v1/rules/check"] = new("what is wrong with rules, and what they would change") { Body = Text, Answer = Shapes.RuleCheckJson, Refusals = [400, 408, 413, 415] },
        ["POST /api/v1/rules/rollback/{generation}"] = new("puts the text of an earlier generation in force again") { Answer = Shapes.RuleChangeJson, Query = [Save, Who], Refusals = [400, 404, 409] },
        ["POST /api/v1/rules/confirm"] = new("keeps the generation in force, which waits to be confirmed") { Answer = Shapes.RuleChangeJson, Query = [Save], Refusals = [400, 409] },
        ["POST /api/v1/rules/confirm/{generation}"] = new("keeps a generation that waits to be confirmed") { Answer = Shapes.RuleChangeJson, Query = [Save], Refusals = [400, 404, 409] },
        ["POST /api/v1/rules/dry-run"] = new("what rules would do to the packets of a while") { Body = Text, Answer = Shapes.TrialJson, Query = [Seconds, Source, Who], Refusals = [400, 408, 413, 415, 422, 429] },
        ["GET /api/v1/rules/shadow"] = new("what the rules in shadow have decided") { Answer = Shapes.TrialJson },
        ["POST /api/v1/rules/shadow"] = new("puts rules in shadow, which judge and change nothing") { Body = Text, Answer = Shapes.TrialJson, Query = [Source, Who], Refusals = [400, 408, 413, 415, 422] },
        ["DELETE /api/v1/rules/shadow"] = new("takes the rules in shadow away") { Status = 204, Query = [Who], Refusals = [404] },
        ["POST /api/v1/rules/explain"] = new("what the rules in force do to a packet in hexadecimal digits") { Body = Text, Answer = Shapes.ExplainedJson, Query = [new("link", "integer", "the packet's link type; 1, Ethernet, without it")], Refusals = [400, 408, 413, 415, 422] },

        ["GET /api/v1/consumers/{name}/report"] = new("what a consumer has gathered, such as flows") { Answer = Shapes.ConsumerReportJson, Query = [new("most", "integer", "the most entries, at most 10000; 1000 without it")], Refusals = [400, 404, 409, 503] },
        ["POST /api/v1/consumers/{name}/pause"] = Order("makes a consumer take nothing for now"),
        ["POST /api/v1/consumers/{name}/resume"] = Order("makes a paused consumer go on"),
        ["POST /api/v1/consumers/{name}/close-breaker"] = Order("closes the breakers of the routes to a consumer"),
        ["POST /api/v1/consumers/{name}/restart"] = Order("makes a consumer's instances anew") with { Answer = Shapes.ConsumerToldJson },
        ["POST /api/v1/consumers/{name}/scale"] = Order("gives a consumer so many instances") with { Answer = Shapes.ScaleJson, Query = [new("instances", "integer", "1 to 64"), Who], Refusals = [400, 404, 409, 422] },

        ["GET /api/v1/captures"] = new("the captures") { Answer = Shapes.CapturesJson },
        ["POST /api/v1/captures"] = new("starts a capture") { Status = 201, Body = "application/json", Answer = Shapes.CaptureJson, Query = [Who], Refusals = [400, 408, 409, 413, 422, 429] },
        ["GET /api/v1/captures/{id}"] = new("a capture's file, while it grows") { MediaType = "application/x-pcapng", Refusals = [404, 409] },
        ["DELETE /api/v1/captures/{id}"] = new("ends a capture and forgets it") { Status = 204, Query = [Who], Refusals = [404] },

        ["GET /api/v1/tap"] = new("packets as they come, without end") { MediaType = "application/x-pcapng", Query = [new("filter", "string", "a pcap-filter expression"), new("packets", "integer", "end after so many; without end without it"), new("snaplen", "integer", "the most bytes of a packet"), new("at", "string", "received, rule:NAME, route:NAME or dropped"), new("except", "string", "ADDR:PORT or ADDR:PORT,ADDR:PORT: TCP to leave out; may be given several times"), Who], Refusals = [400, 409, 422, 429] },

        ["GET /api/v1/released"] = new("the flows that consumers have seen enough of, the latest first") { Answer = Shapes.ReleasedJson, Query = [new("most", "integer", "the most flows, at most 1000; 100 without it")], Refusals = [400] },
        ["DELETE /api/v1/released/{flow}"] = Order("takes a released flow back, by its number or its words") with { Refusals = [404] },

        ["GET /api/v1/demo"] = new("what can go wrong on order; nothing where it is no demo") { Answer = Shapes.DemoJson },
        ["POST /api/v1/demo/{act}"] = new("has something go wrong in a demo") { Status = 202, Answer = Shapes.DemoActedJson, Query = [Who], Refusals = [404, 409] },

        ["GET /api/v1/cluster"] = new("the members of the cluster") { Answer = Shapes.ClusterJson },
        ["POST /api/v1/cluster/leave"] = Cluster("asks a member to leave"),
        ["POST /api/v1/cluster/down"] = Cluster("gives a member up that cannot be reached"),
    };

    private static Operation Health(string summary) => new(summary) { Answer = Shapes.HealthJson, Refusals = [503] };

    private static Operation Order(string summary) => new(summary) { Status = 202, Query = [Who], Refusals = [404, 409] };

    private static Operation Cluster(string summary) => new(summary) { Status = 202, Answer = Shapes.ClusterAskedJson, Query = [new("member", "string", "the member's name; this node without it"), Who], Refusals = [404, 409, 422] };
}
