using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;

namespace Pipeline.Host.Tests.Running;

internal sealed class FakeNic(params LinkType[] linkTypes) : INic
{
    public bool Disposed { get; private set; }

    public string Name => "trace.pcapng";

    public IReadOnlyList<INicQueue> Queues => [];

    public IReadOnlyList<NicInterface> Interfaces { get; } = [.. linkTypes.Select((l, i) => new NicInterface(i, $"if{i}", l, 0))];

    public long BytesRead => 0;

    public long? BytesTotal => 100;

    public void Dispose() => Disposed = true;
}
