using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// The <c>options { }</c> of a handler, read by key. Keys may be dotted: <c>limits.per-port</c> is <c>limits { per-port = 3 }</c>.
/// Any thread. Every member throws <see cref="HandlerOptionException"/>, with the place in the configuration, for a value of the wrong type
/// or range.
/// </summary>
public abstract class HandlerOptions
{
    /// <summary>The options of a handler without any: it has no key, and every option has its fallback.</summary>
    public static HandlerOptions None { get; } = new NoOptions();

    /// <summary>
    /// The keys that were given, or those inside the object under <paramref name="key"/>: for options whose names are data.
    /// </summary>
    public abstract IReadOnlyList<string> KeysOf(string key = "");

    /// <summary>Whether a key was given.</summary>
    public abstract bool Has(string key);

    /// <summary>A text as it was written. Numbers and words without quotes are texts too.</summary>
    /// <param name="key">Which option. Asking for it marks it as read.</param>
    /// <param name="fallback">The value where the key was not given.</param>
    [return: NotNullIfNotNull(nameof(fallback))]
    public abstract string? Text(string key, string? fallback = null);

    /// <summary>A whole number.</summary>
    public abstract int Number(string key, int fallback, int least = 0, int most = int.MaxValue);

    /// <summary>true or false, on or off, yes or no.</summary>
    public abstract bool Switch(string key, bool fallback);

    /// <summary>A duration with its unit, such as <c>50 us</c>.</summary>
    public abstract TimeSpan Duration(string key, TimeSpan fallback);

    /// <summary>A size in bytes, or with a unit such as <c>MiB</c>.</summary>
    public abstract long Size(string key, long fallback);

    /// <summary>A file name; a relative one is taken from the folder of the configuration it stands in.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public abstract string? File(string key, string? fallback = null);

    /// <summary>The texts in brackets; empty when the key was not given.</summary>
    public abstract IReadOnlyList<string> List(string key);

    /// <summary>
    /// Makes the exception that a handler throws when a value has the right type but is still wrong, or when a required one is missing.
    /// </summary>
    /// <param name="expected">What is expected: "an odd number".</param>
    public abstract HandlerOptionException Wrong(string key, string expected);

    /// <summary>Called once the handler is open: an option that nothing has read is a mistake in the configuration.</summary>
    /// <exception cref="HandlerOptionException">There is an unread option.</exception>
    public abstract void RejectUnread();

    /// <summary>No option was given, so every option has its fallback.</summary>
    private sealed class NoOptions : HandlerOptions
    {
        public override IReadOnlyList<string> KeysOf(string key = "") => [];

        public override bool Has(string key) => false;

        public override string? Text(string key, string? fallback = null) => fallback;

        public override int Number(string key, int fallback, int least = 0, int most = int.MaxValue) => fallback;

        public override bool Switch(string key, bool fallback) => fallback;

        public override TimeSpan Duration(string key, TimeSpan fallback) => fallback;

        public override long Size(string key, long fallback) => fallback;

        public override string? File(string key, string? fallback = null) => fallback;

        public override IReadOnlyList<string> List(string key) => [];

        public override HandlerOptionException Wrong(string key, string expected) =>
            new($"the option `{key}` is not given; expected {expected}");

        public override void RejectUnread()
        {
        }
    }
}
