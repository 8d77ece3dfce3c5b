namespace Pipeline.Nic.Accounts;

/// <summary>Which side of the ledger an account is on.</summary>
public enum AccountKind
{
    /// <summary>A consumer's account: packets that end here were delivered.</summary>
    Consumer,

    /// <summary>The normal stack's account: packets that end here were passed.</summary>
    Stack,

    /// <summary>Copies of packets whose own account is elsewhere.</summary>
    Copy,

    /// <summary>A place on the way, which can only lose packets.</summary>
    Stage,
}
