namespace Pipeline.Nic.Links;

/// <summary>Why a frame was refused, and its link with it. A closed list.</summary>
public enum LinkRefusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Its length is shorter than its parts, or longer than the link allows.</summary>
    Length,

    /// <summary>Its kind is unknown, or not sent in this direction.</summary>
    Kind,

    /// <summary>Its number is not the one after the previous frame's: it was repeated, moved or left out.</summary>
    Number,

    /// <summary>It belongs to another link.</summary>
    Epoch,

    /// <summary>A field that is reserved is not 0.</summary>
    Reserved,

    /// <summary>The number of its parts does not agree with its length.</summary>
    Items,

    /// <summary>An instance's number is out of range, or nothing was sent to it.</summary>
    Instance,

    /// <summary>A bundle's sequence is not the next one, or belongs to a bundle that is complete.</summary>
    Sequence,

    /// <summary>An interface was not declared, or its declaration is malformed.</summary>
    Interface,

    /// <summary>A packet's entry is malformed, or does not agree with the bytes.</summary>
    Packet,

    /// <summary>There is more in it than the receiver granted credit for.</summary>
    Window,

    /// <summary>An acknowledgement goes backwards, or covers what was never sent.</summary>
    Acknowledgement,

    /// <summary>Outcomes go backwards, or there are more than packets were acknowledged.</summary>
    Outcome,
}
