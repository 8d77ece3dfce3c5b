namespace Pipeline.Nic.Accounts;

/// <summary>What holds packets on their way, as far as the books must know: a pool of pages. Any thread reads.</summary>
public interface IPacketStore
{
    /// <summary>How reports name it.</summary>
    string Name { get; }

    /// <summary>Pages it has.</summary>
    int PageCount { get; }

    /// <summary>Bytes to a page.</summary>
    int PageSize { get; }

    /// <summary>Pages that are not back yet.</summary>
    int Outstanding { get; }

    /// <summary>The most packets that can be in flight out of it, the bound of the ledger's running check.</summary>
    long MaxPacketsInFlight { get; }
}
