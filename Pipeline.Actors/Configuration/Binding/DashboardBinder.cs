using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>dashboard { }</c>.</summary>
internal static class DashboardBinder
{
    public static readonly IReadOnlyList<string> Keys =
        ["address", "read-token", "change-token", "tokens", "tls", "plain", "hosts", "read-only", "base-path"];

    public static readonly IReadOnlyList<string> TlsKeys = ["certificate", "key"];

    public static DashboardOptions Bind(Section section)
    {
        section.RejectUnknown(Keys);
        var found = section.Findings.Count;
        var defaults = new DashboardOptions();
        var options = new DashboardOptions
        {
            Address = section.Read("address", Endpoints.Listening, defaults.Address),
            ReadToken = section.Read("read-token", Texts.Any!, defaults.ReadToken),
            ChangeToken = section.Read("change-token", Texts.Any!, defaults.ChangeToken),
            Tokens = TokenBinder.BindAll(section),
            Tls = section.Child("tls") is { } tls ? Tls(tls) : null,
            Plain = section.Read("plain", Words.Switch, defaults.Plain),
            Hosts = [.. section.ReadList("hosts", HostNames.Reading)],
            ReadOnly = section.Read("read-only", Words.Switch, defaults.ReadOnly),
            BasePath = section.Read("base-path", BasePaths.Reading, defaults.BasePath),
        };
        if (section.Findings.Count == found) section.Errors(options.Check());
        return options;
    }

    private static DashboardTls Tls(Section section)
    {
        section.RejectUnknown(TlsKeys);
        foreach (var missing in TlsKeys.Where(k => !section.Has(k))) section.Error(section.Place, $"`tls` has no `{missing}`, a file in PEM");
        return new DashboardTls(section.ReadFile("certificate") ?? "", section.ReadFile("key") ?? "");
    }
}
