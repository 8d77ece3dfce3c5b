namespace Pipeline.Actors.Dispatch;

/// <summary>Dispatchers by their place in <c>hocon/dispatchers.conf</c>.</summary>
internal static class DispatcherIds
{
    /// <summary>NIC queues and their routers: one thread.</summary>
    public const string Intake = "pipeline-dispatchers.intake";

    /// <summary>Consumers: the other CPUs.</summary>
    public const string Delivery = "pipeline-dispatchers.delivery";

    /// <summary>Everything that no packet waits for.</summary>
    public const string Control = "pipeline-dispatchers.control";
}
