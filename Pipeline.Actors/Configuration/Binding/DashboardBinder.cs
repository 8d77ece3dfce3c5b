using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>dashboard { }</c>.</summary>
internal static class DashboardBinder
{
    public static readonly IReadOnlyList<string> Keys = ["address", "read-token", "change-token"];

    public static DashboardOptions Bind(Section section)
    {
        section.RejectUnknown(Keys);
        var defaults = new DashboardOptions();
        return new DashboardOptions
        {
            Address = section.Read("address", Endpoints.Listening, defaults.Address),
            ReadToken = section.Read("read-token", Texts.Any!, defaults.ReadToken),
            ChangeToken = section.Read("change-token", Texts.Any!, defaults.ChangeToken),
        };
    }
}
