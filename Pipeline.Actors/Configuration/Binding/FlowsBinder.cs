using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>write</c> and <c>options { }</c> of the handler <c>flows</c>.</summary>
internal static class FlowsBinder
{
    public static readonly IReadOnlyList<string> Keys = ["max-flows", "idle-timeout", "active-timeout", "by-vlan"];

    private static readonly Reading<int> MaxFlows = Numbers.Between(1, FlowOptions.MostFlows);

    private static readonly Reading<TimeSpan> Timeout = Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(3650), "of at most 3650 d");

    public static ConsumerOptions Bind(Section section, ConsumerOptions options)
    {
        var flows = new FlowOptions();
        if (section.Child("options") is { } given)
        {
            given.RejectUnknown(Keys);
            flows = new FlowOptions
            {
                MaxFlows = given.Read("max-flows", MaxFlows, flows.MaxFlows),
                IdleTimeout = given.Read("idle-timeout", Timeout, flows.IdleTimeout),
                ActiveTimeout = given.Read("active-timeout", Timeout, flows.ActiveTimeout),
                ByVlan = given.Read("by-vlan", Words.Switch, flows.ByVlan),
            };
        }

        return options with { Write = ConsumerBinder.ReadOutput(section, CompressedOutput.Refuse), Flows = flows };
    }
}
