using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>Bundles in order, linked through themselves. For one thread.</summary>
internal struct BundleList
{
    private PageBundle? _last;

    public PageBundle? First { get; private set; }

    public void Add(PageBundle bundle)
    {
        bundle.Next = null;
        if (First is null) First = bundle;
        else _last!.Next = bundle;
        _last = bundle;
    }

    /// <summary>Takes the first one out; there must be one.</summary>
    public PageBundle Take()
    {
        var bundle = First!;
        First = bundle.Next;
        bundle.Next = null;
        return bundle;
    }

    /// <summary>Adds a chain in which the bundle that came last is the first, in the order in which they came.</summary>
    public void AddReversed(PageBundle? chain)
    {
        PageBundle? inOrder = null;
        while (chain is not null) (chain.Next, inOrder, chain) = (inOrder, chain, chain.Next);
        while (inOrder is not null)
        {
            var next = inOrder.Next;
            Add(inOrder);
            inOrder = next;
        }
    }
}
