namespace Pipeline.Nic.Accounts;

/// <summary>A store of packets in transit, as the books see it: a pool of pages. Any thread may read it.</summary>
public interface IPacketStore
{
    /// <summary>Its name in reports.</summary>
    string Name { get; }

    /// <summary>How many pages it has.</summary>
    int PageCount { get; }

    /// <summary>Bytes per page.</summary>
    int PageSize { get; }

    /// <summary>Pages that are not back yet.</summary>
    int Outstanding { get; }

    /// <summary>The most packets that can be in flight out of it, the bound of the ledger's running check.</summary>
    long MaxPacketsInFlight { get; }
}
