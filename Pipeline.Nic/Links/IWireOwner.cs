namespace Pipeline.Nic.Links;

/// <summary>The end of a link that reads and writes a wire. The wire asks it what to do when it would have to wait.</summary>
internal interface IWireOwner
{
    /// <summary>
    /// There is nothing to read. The owner does what is due, which may include writing. The bell is armed,
    /// and the owner may mute it where it gives a short time.
    /// </summary>
    /// <returns>The most milliseconds to wait for bytes; negative where the link is to end.</returns>
    int BeforeWaitingToRead();

    /// <summary>Whether the owner reads while there is no room to write. Then bytes that came end a wait for room, too.</summary>
    bool ReadsWhileWriting { get; }

    /// <summary>There was no room to write. The owner may read if there are bytes, and must not write.</summary>
    /// <param name="isReadable">Whether bytes have come. Always false for an owner that does not read meanwhile.</param>
    /// <returns>False where the link is to end.</returns>
    bool MayGoOnWriting(bool isReadable);
}
