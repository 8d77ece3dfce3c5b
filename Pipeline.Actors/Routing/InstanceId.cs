namespace Pipeline.Actors.Routing;

/// <summary>
/// What one instance of a consumer group is known by for as long as it lives, on every node. Its place among the others says nothing
/// about it.
/// </summary>
/// <param name="Node">The node that it runs on; empty where there is no cluster.</param>
/// <param name="Number">Tells instances of the group on that node apart. An instance that left and comes back has its own again.</param>
internal readonly record struct InstanceId(string Node, int Number) : IComparable<InstanceId>
{
    public int CompareTo(InstanceId other)
    {
        var nodes = string.CompareOrdinal(Node, other.Node);
        return nodes != 0 ? nodes : Number.CompareTo(other.Number);
    }

    public override string ToString() => Node.Length == 0 ? $"{Number}" : $"{Node}/{Number}";
}
