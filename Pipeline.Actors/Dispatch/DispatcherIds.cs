using System.Globalization;
using System.Text;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The ids of dispatchers, which are paths in the actor system's configuration. Each dispatcher has one thread, of the same name.
/// </summary>
internal static class DispatcherIds
{
    /// <summary>NIC queues with their routers: the first such thread, which always exists.</summary>
    public const string Intake = "pipeline-dispatchers.intake-0";

    /// <summary>Consumers: the first such thread, which always exists.</summary>
    public const string Delivery = "pipeline-dispatchers.delivery-0";

    /// <summary>Everything that no packet waits for (<c>hocon/dispatchers.conf</c>).</summary>
    public const string Control = "pipeline-dispatchers.control";

    /// <summary>How long a data thread looks for work before it parks. Waking a parked one costs more than a bundle.</summary>
    private const int SpinMicroseconds = 50;

    public static string IntakeOf(int thread) => string.Create(CultureInfo.InvariantCulture, $"pipeline-dispatchers.intake-{thread}");

    public static string DeliveryOf(int thread) => string.Create(CultureInfo.InvariantCulture, $"pipeline-dispatchers.delivery-{thread}");

    /// <summary>
    /// The data plane's dispatchers as configuration text. Their <c>throughput</c> is 1 because bundles are batched within a drain;
    /// <c>throughput-deadline-time</c> stays unset because any value breaks batching.
    /// </summary>
    public static string ConfigurationOf(CpuPlacement placement)
    {
        var text = new StringBuilder();
        for (var i = 0; i < placement.IntakeCpus.Count; i++) Add(IntakeOf(i), placement.IntakeCpus[i]);
        for (var i = 0; i < placement.DeliveryCpus.Count; i++) Add(DeliveryOf(i), placement.DeliveryCpus[i]);
        return text.ToString();

        void Add(string id, int? cpu) => text.Append(CultureInfo.InvariantCulture, $$"""
            {{id}} {
              type = Dispatcher
              executor = "{{typeof(CpuExecutorConfigurator).FullName}}, {{typeof(CpuExecutorConfigurator).Assembly.GetName().Name}}"
              throughput = 1
              spin-microseconds = {{SpinMicroseconds}}
              cpu = {{cpu ?? CpuExecutorConfigurator.AnyCpu}}
            }

            """);
    }
}
