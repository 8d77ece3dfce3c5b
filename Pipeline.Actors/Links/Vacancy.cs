using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Links;

/// <summary>
/// Stands in for the instances of a group that has none, because no node of the cluster that runs it can be reached. Packets wait within
/// their route's share, and beyond it the route's overload policy applies, as with a consumer that is paused. What nobody came for until
/// the end is lost.
/// </summary>
internal sealed class Vacancy : IBundleTarget
{
    public InstanceId Id => new("", int.MaxValue);

    public bool IsGone => true;

    public bool HoldsBack => true;

    public void Send(PageBundle bundle)
    {
        bundle.SettleDropped(DropReason.RemoteLost);
        bundle.Dispose();
    }
}
