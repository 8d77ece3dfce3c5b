namespace Pipeline.Host.Live;

/// <summary>The keys that have a meaning.</summary>
internal enum KeyName
{
    Letter,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Escape,
    Quit,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Letter">For a letter, which.</param>
internal readonly record struct Key(KeyName Name, char Letter = '\0')
{
    public static readonly Key Quit = new(KeyName.Quit);

    public bool Scrolls => Name is >= KeyName.Up and <= KeyName.End;

    private const byte EscapeByte = 0x1b, InterruptByte = 3;

    /// <summary>The sequences that follow an escape (xterm, "PC-Style Function Keys"; the Linux console's and rxvt's for Home and End too).</summary>
    private static readonly Dictionary<string, KeyName> Sequences = new()
    {
        ["[A"] = KeyName.Up, ["OA"] = KeyName.Up, ["[B"] = KeyName.Down, ["OB"] = KeyName.Down,
        ["[5~"] = KeyName.PageUp, ["[6~"] = KeyName.PageDown,
        ["[H"] = KeyName.Home, ["OH"] = KeyName.Home, ["[1~"] = KeyName.Home, ["[7~"] = KeyName.Home,
        ["[F"] = KeyName.End, ["OF"] = KeyName.End, ["[4~"] = KeyName.End, ["[8~"] = KeyName.End,
    };

    /// <summary>
    /// Reads what a terminal sent at once. A sequence that means nothing here is passed over as a whole, so that no part of it is taken for
    /// a letter.
    /// </summary>
    public static IReadOnlyList<Key> Read(ReadOnlySpan<byte> sent)
    {
        var keys = new List<Key>();
        while (!sent.IsEmpty)
        {
            if (sent[0] == EscapeByte && sent.Length > 1)
            {
                var length = SequenceLength(sent[1..]);
                if (Sequences.TryGetValue(System.Text.Encoding.ASCII.GetString(sent.Slice(1, length)), out var name)) keys.Add(new(name));
                sent = sent[(1 + length)..];
                continue;
            }

            keys.Add(Of(sent[0]));
            sent = sent[1..];
        }

        return keys;
    }

    private static Key Of(byte sent) => sent switch
    {
        EscapeByte => new(KeyName.Escape),
        (byte)'q' or InterruptByte => Quit,
        (byte)'k' => new(KeyName.Up),
        (byte)'j' => new(KeyName.Down),
        (byte)' ' => new(KeyName.PageDown),
        _ => new(KeyName.Letter, (char)sent),
    };

    /// <summary>A control sequence ends with a byte from 0x40 on (ECMA-48, 5.4); others have one byte, or two after an O.</summary>
    private static int SequenceLength(ReadOnlySpan<byte> sequence)
    {
        if (sequence[0] == 'O') return Math.Min(2, sequence.Length);
        if (sequence[0] != '[') return 1;
        var end = sequence[1..].IndexOfAnyInRange((byte)0x40, (byte)0x7e);
        return end < 0 ? sequence.Length : end + 2;
    }
}
