using System.Text;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Rules.Fuzzing;

/// <summary>Makes up rule files in every notation there is.</summary>
internal static class RandomRuleText
{
    /// <summary>What the language is made of, and what is nearly so.</summary>
    public static readonly string[] Pieces =
    [
        "rule ", "match ", "filter ", "mark ", "continue", "keep-out off ", "unmatched", "#", "\n", "\r\n", "\"", " ", "12:ffff:0800",
        "l3", "l4", "l2", "[", "]",
        "<<", ">>", "+", ":", "::", "0x", "0x10/0xf0", "ffffffff", "ffffffffffff", "ffffffffffffffff", "2147483647", "2147483648",
        "4294967295", "4294967296",
        "99999999999999999999", "-1", "63", "64", "[14:0f<<2]+16", "ssh", "arp", "\"tcp port 80\"", "a", ".", "_", "0", "\uFEFF", "\0",
    ];

    private static readonly string[] Guards = ["arp", "nd", "icmp-errors", "dhcp", "l2-control", "ssh", "cluster", "dashboard", "own"];
    private static readonly string[] Numbers = ["0", "1", "6", "12", "14", "23", "40", "63", "64", "65535", "2147483647", "4294967295"];
    private static readonly int[] Digits = [2, 4, 8, 12, 16];

    public static string Make(Chance chance)
    {
        var text = new StringBuilder();
        for (var lines = chance.Below(8); lines > 0; lines--)
        {
            text.Append(chance.Below(12) switch
            {
                0 => "# a comment",
                1 => "",
                2 => "keep-out off " + chance.Of<string>(Guards),
                _ => Rule(chance, lines),
            });
            text.Append(chance.OneIn(6) ? "  # why\n" : chance.OneIn(12) ? "\r\n" : "\n");
        }

        return text.ToString();
    }

    private static string Rule(Chance chance, int number)
    {
        var condition = chance.OneIn(4) ? $"filter \"{RandomFilter.Make(chance)}\"" : Terms(chance);
        return $"rule {Name(chance, number)} {condition} mark {Mark(chance)}{(chance.OneIn(3) ? " continue" : "")}";
    }

    // Names repeat now and then, which is an error.
    private static string Name(Chance chance, int number) => chance.Below(12) switch
    {
        0 => "r1",
        1 => new string('n', 60 + chance.Below(8)),
        _ => $"r{number}_-.{chance.Below(100)}",
    };

    private static string Terms(Chance chance)
    {
        var text = new StringBuilder("match");
        for (var count = chance.OneIn(100) ? 260 : 1 + chance.Below(4); count > 0; count--) text.Append(' ').Append(Term(chance));
        return text.ToString();
    }

    private static string Term(Chance chance)
    {
        var digits = chance.Of<int>(Digits);
        var mask = Hex(chance, digits);
        var value = chance.OneIn(3) ? mask : chance.OneIn(2) ? new string('0', digits) : Hex(chance, 1 + chance.Below(digits));
        return $"{Address(chance)}:{Prefix(chance)}{mask}:{Prefix(chance)}{value}";
    }

    private static string Address(Chance chance)
    {
        if (chance.OneIn(2)) return Number(chance);
        var text = new StringBuilder(chance.Of(["", "l2", "l3", "l4"]));
        for (var steps = chance.Below(chance.OneIn(50) ? 40 : 3); steps > 0; steps--)
            text.Append($"[{Number(chance)}:{Hex(chance, chance.Of<int>(Digits))}{Shift(chance)}]");
        return text.Append('+').Append(Number(chance)).ToString();
    }

    private static string Shift(Chance chance) => chance.OneIn(3) ? "" : chance.Of(["<<", ">>"]) + chance.Below(66);

    private static string Number(Chance chance) => chance.OneIn(4) ? chance.Of<string>(Numbers) : chance.Below(64).ToString();

    private static string Prefix(Chance chance) => chance.OneIn(8) ? "0x" : "";

    private static string Hex(Chance chance, int digits) => chance.OneIn(3)
        ? new string(chance.Of<char>(['0', 'f', 'F']), digits)
        : (chance.Next() & chance.Next()).ToString("x16")[^digits..];

    private static string Mark(Chance chance)
    {
        var value = chance.OneIn(2) ? $"0x{(uint)chance.Next() >> chance.Below(32):x}" : ((uint)chance.Next() >> chance.Below(32)).ToString();
        return chance.OneIn(3) ? $"{value}/0x{(uint)chance.Next() >> chance.Below(32):x}" : value;
    }
}
