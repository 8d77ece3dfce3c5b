using Akka.Configuration;
using Akka.Dispatch;

namespace Pipeline.Actors.Dispatch;

/// <summary>Makes a <see cref="CpuExecutor"/> from a dispatcher's configuration.</summary>
internal sealed class CpuExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <summary>The value of <c>cpu</c> for a thread that is not bound to a CPU.</summary>
    public const int AnyCpu = -1;

    public override ExecutorService Produce(string id)
    {
        var cpu = Config.GetInt("cpu", AnyCpu);
        return new CpuExecutor(id, TimeSpan.FromMicroseconds(Config.GetInt("spin-microseconds")), cpu == AnyCpu ? null : cpu);
    }
}
