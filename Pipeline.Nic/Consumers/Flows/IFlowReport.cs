namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Where flows go when they leave the table.</summary>
internal interface IFlowReport
{
    void Add(in Flow flow, FlowEnd end);
}
