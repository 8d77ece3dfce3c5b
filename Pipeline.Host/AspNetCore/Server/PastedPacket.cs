using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;

namespace Pipeline.Host.Server;

/// <summary>
/// A packet as people paste it: digits in one piece, bytes with spaces or colons between them, or lines as tcpdump and Wireshark print
/// them, with an offset before the bytes and characters behind.
/// </summary>
internal static partial class PastedPacket
{
    /// <summary>The longest packet: an IP packet has at most 65 535 bytes, behind a link header.</summary>
    public const int MostBytes = 66_000;

    /// <summary>Several times the text of the longest packet.</summary>
    private const int MostCharacters = 8 * MostBytes;

    /// <summary>Tools print 16 or 32 bytes to a line.</summary>
    private const int MostOfDump = 256;

    /// <exception cref="RefusedException">It is no packet in hexadecimal digits.</exception>
    public static byte[] Read(string text)
    {
        if (text.Length > MostCharacters) throw Refused($"{text.Length} characters are more than a packet has; expected at most {MostCharacters}");
        var digits = new StringBuilder();
        foreach (var (i, line) in text.Split('\n').Index()) digits.Append(OfLine(line.TrimEnd('\r'), i + 1, digits.Length / 2));
        if (digits.Length == 0) throw Refused("there is no packet; expected its bytes in hexadecimal digits, from the link header on");
        if (digits.Length % 2 != 0) throw Refused($"{digits.Length} digits are no whole number of bytes");
        if (digits.Length / 2 > MostBytes) throw Refused($"{digits.Length / 2} bytes are more than a packet has; expected at most {MostBytes}");
        return Convert.FromHexString(digits.ToString());
    }

    /// <summary>The link type that the packet begins with: Ethernet, unless <c>?link=N</c> says otherwise.</summary>
    public static LinkType Link(HttpRequest request)
    {
        if (!request.Query.TryGetValue("link", out var text)) return LinkType.Ethernet;
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var link)
            ? (LinkType)link
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"link={text}: expected the number of a link type, such as 1 for Ethernet");
    }

    /// <param name="at">The number of bytes before it, which is its offset if it has one. Bytes in groups of two look like one too.</param>
    private static string OfLine(string line, int number, int at)
    {
        var dump = line.Length <= MostOfDump ? DumpLine().Match(line) : Match.Empty;
        var isDump = dump.Success && (dump.Groups["sure"].Length > 1 || int.Parse(dump.Groups["offset"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) == at);
        var bytes = isDump ? dump.Groups["bytes"].Value : line;
        var digits = string.Concat(bytes.Replace("0x", "", StringComparison.OrdinalIgnoreCase).Where(c => !char.IsWhiteSpace(c) && c is not (':' or '-' or ',' or '.')));
        var wrong = digits.FirstOrDefault(c => !char.IsAsciiHexDigit(c));
        return wrong == default ? digits : throw Refused($"line {number}: `{Quoted.Of(wrong.ToString())}` is no hexadecimal digit");
    }

    private static RefusedException Refused(string why) => RefusedException.With(StatusCodes.Status422UnprocessableEntity, why);

    /// <summary>An offset, then groups of two or four digits, each behind one space, then two spaces and the same as characters.</summary>
    [GeneratedRegex(@"^\s*(0x)?(?<offset>[0-9a-fA-F]{4,8})(?<sure>:\s{1,3}|\s{2,3}|\s)(?<bytes>([0-9a-fA-F]{2}){1,2}( {1,2}([0-9a-fA-F]{2}){1,2})*)(\s{2,}.*)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex DumpLine();
}
