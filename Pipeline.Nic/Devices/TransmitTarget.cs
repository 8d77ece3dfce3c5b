using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>Where packets are sent.</summary>
/// <param name="Kind">How the name is to be understood.</param>
/// <param name="Name">The interface's.</param>
public sealed record TransmitTarget(TransmitKind Kind, string Name)
{
    /// <summary>The form that <see cref="TryParse"/> reads, for messages.</summary>
    public const string Form = "`if:NAME` (transmit on an interface) or `tap:NAME` (inject into this host's stack)";

    /// <summary>Reads a target as it is written in a configuration. It does not check that there is such an interface.</summary>
    /// <returns>
    /// Null for text that is not of the <see cref="Form"/>, or for a name that Linux would not take (net/core/dev.c, dev_valid_name).
    /// </returns>
    public static TransmitTarget? TryParse(string text)
    {
        var colon = text.IndexOf(':');
        TransmitKind? kind = (colon < 0 ? "" : text[..colon]) switch
        {
            "if" => TransmitKind.Interface, "tap" => TransmitKind.Tap, _ => null,
        };
        return kind is { } known && IsName(text[(colon + 1)..]) ? new TransmitTarget(known, text[(colon + 1)..]) : null;
    }

    /// <summary>
    /// The target as a configuration has it: of the <see cref="Form"/>, so that <see cref="TryParse"/> can read it again.
    /// </summary>
    public override string ToString() => (Kind == TransmitKind.Interface ? "if:" : "tap:") + Name;

    private static bool IsName(string name) =>
        name is not ("" or "." or "..") && name.Length <= NetDevice.LongestName && !name.Any(c => c is '/' or ':' || c <= ' ' || c > '~');
}

/// <summary>How the name of a <see cref="TransmitTarget"/> is to be understood.</summary>
public enum TransmitKind
{
    /// <summary>Out of an interface: to the wire, or to the guest whose TAP or macvtap it is.</summary>
    Interface,

    /// <summary>Into this host's own stack, as if received on a TAP device.</summary>
    Tap,
}
