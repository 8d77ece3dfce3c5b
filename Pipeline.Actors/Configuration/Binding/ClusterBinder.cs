using System.Net;
using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>cluster { }</c>.</summary>
internal static class ClusterBinder
{
    public static readonly IReadOnlyList<string> Keys = ["name", "roles", "listen", "data", "seeds", "wait", "security", "tls"];

    public static readonly IReadOnlyList<string> TlsKeys = ["certificate", "key", "ca"];

    private static readonly Reading<TimeSpan> Wait = Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(1), "of at most 1 d");

    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);

    private static readonly Reading<bool> Plain = new("the word plain", (string text, out bool value) => value = text == "plain");

    public static ClusterOptions? Bind(Section section)
    {
        section.RejectUnknown(Keys);
        var found = section.Findings.Count;
        foreach (var missing in ((string[])["name", "listen", "seeds", "roles"]).Where(k => !section.Has(k)))
            section.Error(section.Place, $"`cluster` has no `{missing}`, which a node needs");
        var isPlain = section.Read("security", Plain, false);
        if (isPlain == section.Has("tls"))
        {
            section.Error(
                section.Has("tls") ? section.PlaceOf("security") : section.Place,
                "a cluster is secured by `tls`, or is not; expected one of `tls { certificate, key, ca }` and `security = plain`",
                help: "security = plain trusts everybody who reaches the port");
        }

        var options = new ClusterOptions
        {
            Name = section.Read("name", Names.Reading, ""),
            Roles = [.. section.ReadList("roles", ClusterOptions.RoleReading).Distinct()],
            Listen = section.Read("listen", Endpoints.Node, Nowhere),
            Data = section.Read("data", Endpoints.Node!, null),
            Seeds = [.. section.ReadList("seeds", Endpoints.Node)],
            Wait = section.Read("wait", Wait, ClusterOptions.UsualWait),
            Tls = section.Child("tls") is { } tls ? Tls(tls) : null,
        };
        if (section.Findings.Count == found) section.Errors(options.Check());
        return options;
    }

    private static ClusterTls Tls(Section section)
    {
        section.RejectUnknown(TlsKeys);
        foreach (var missing in TlsKeys.Where(k => !section.Has(k))) section.Error(section.Place, $"`tls` has no `{missing}`, a file in PEM");
        return new ClusterTls(section.ReadFile("certificate") ?? "", section.ReadFile("key") ?? "", section.ReadFile("ca") ?? "");
    }
}
