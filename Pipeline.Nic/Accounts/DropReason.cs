namespace Pipeline.Nic.Accounts;

/// <summary>Why a packet that had been received was not delivered. A closed list: every drop has exactly one.</summary>
public enum DropReason
{
    /// <summary>Its route already held its whole share of the queue's pages.</summary>
    ShareExceeded,

    /// <summary>Evicted by a newer packet while its route was overloaded.</summary>
    DropOld,

    /// <summary>The consumer's output could take no more.</summary>
    OutputFull,

    /// <summary>The node it was going to had granted no credit.</summary>
    NoCredit,

    /// <summary>The consumer's mailbox was full.</summary>
    MailboxFull,

    /// <summary>The consumer failed on its bundle.</summary>
    ConsumerFailed,

    /// <summary>The consumer had stopped.</summary>
    ConsumerStopped,

    /// <summary>The bundle reached nobody.</summary>
    DeadLetter,

    /// <summary>The node it was on its way to was lost.</summary>
    RemoteLost,

    /// <summary>The output could not be written.</summary>
    OutputError,

    /// <summary>A reader of a live capture was slower than the packets.</summary>
    SlowReader,

    /// <summary>The transmit ring was full.</summary>
    TxFull,

    /// <summary>Still in flight when the program had to end.</summary>
    Shutdown,
}
