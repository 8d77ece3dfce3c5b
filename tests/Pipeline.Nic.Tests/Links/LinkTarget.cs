using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Takes bundles as a test says.</summary>
internal sealed class LinkTarget(Action<int, PageBundle> take) : ILinkTarget
{
    public ConcurrentDictionary<int, PacketAccount> Accounts { get; } = [];

    public static LinkTarget Disposing() => new((_, bundle) => bundle.Dispose());

    public PacketAccount OpenAccount(int instance) => Accounts.GetOrAdd(instance, i => new PacketAccount($"instance {i}", AccountKind.Consumer));

    public void Take(int instance, PageBundle bundle) => take(instance, bundle);
}
