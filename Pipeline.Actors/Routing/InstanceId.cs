namespace Pipeline.Actors.Routing;

/// <summary>
/// Identifies one instance of a consumer group for as long as it lives, on every node. The id is independent of its place among the others.
/// </summary>
/// <param name="Node">The node that it runs on; empty where there is no cluster.</param>
/// <param name="Number">Tells apart the instances of the group on that node. An instance that left and comes back keeps its number.</param>
internal readonly record struct InstanceId(string Node, int Number) : IComparable<InstanceId>
{
    public int CompareTo(InstanceId other)
    {
        var nodes = string.CompareOrdinal(Node, other.Node);
        return nodes != 0 ? nodes : Number.CompareTo(other.Number);
    }

    public override string ToString() => Node.Length == 0 ? $"{Number}" : $"{Node}/{Number}";
}
