using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.TestSupport;

/// <summary>A device that gives nothing until it is told to, so that a test can make something ready before the first packet.</summary>
public sealed class GatedNic : INic
{
    private readonly INic _inner;
    private readonly IReadOnlyList<GatedQueue> _queues;

    /// <param name="inner">Owned from now on.</param>
    public GatedNic(INic inner)
    {
        _inner = inner;
        _queues = [.. inner.Queues.Select(queue => new GatedQueue(queue))];
    }

    public string Name => _inner.Name;

    public IReadOnlyList<INicQueue> Queues => _queues;

    public IReadOnlyList<NicInterface> Interfaces => _inner.Interfaces;

    public bool InterfacesAreFinal => _inner.InterfacesAreFinal;

    public SourceTraits Traits => _inner.Traits;

    public long BytesRead => _inner.BytesRead;

    public long? BytesTotal => _inner.BytesTotal;

    /// <summary>Lets packets through from now on.</summary>
    public void Open()
    {
        foreach (var queue in _queues) queue.Open();
    }

    public void Dispose() => _inner.Dispose();

    private sealed class GatedQueue(INicQueue inner) : INicQueue
    {
        private readonly Lock _lock = new();
        private bool _isOpen;
        private Action? _wake;

        public string Name => inner.Name;

        public PagePool Pool => inner.Pool;

        public PageShare DeviceShare => inner.DeviceShare;

        public void Open()
        {
            Action? wake;
            lock (_lock) (_isOpen, wake, _wake) = (true, _wake, null);
            wake?.Invoke();
        }

        public ReceiveStatus Receive(PageBundle bundle)
        {
            lock (_lock) if (!_isOpen) return ReceiveStatus.Empty;
            return inner.Receive(bundle);
        }

        public void WakeWhenReady(Action wake)
        {
            lock (_lock)
            {
                if (!_isOpen)
                {
                    _wake = wake;
                    return;
                }
            }

            inner.WakeWhenReady(wake);
        }

        public void ReadLosses(QueueAccount account) => inner.ReadLosses(account);

        public void Dispose() => inner.Dispose();
    }
}
