using Akka.Configuration;
using Akka.Dispatch;

namespace Pipeline.Actors.Dispatch;

/// <summary>Makes a <see cref="CpuExecutor"/> of what a dispatcher's configuration says.</summary>
internal sealed class CpuExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <summary>What <c>cpu</c> says where the thread is not to be bound to one.</summary>
    public const int AnyCpu = -1;

    public override ExecutorService Produce(string id)
    {
        var cpu = Config.GetInt("cpu", AnyCpu);
        return new CpuExecutor(id, TimeSpan.FromMicroseconds(Config.GetInt("spin-microseconds")), cpu == AnyCpu ? null : cpu);
    }
}
