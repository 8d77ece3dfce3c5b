namespace Pipeline.Nic.Tests.Headers;

/// <summary>Packets written down as hex, and the headers that tests put in front of each other.</summary>
internal static class Bytes
{
    public const string Macs = "020000000001 020000000002";

    /// <summary>A header of 20 bytes from 10.0.0.1 to 10.0.0.2, without a checksum.</summary>
    public static string IPv4(byte protocol, int fragment = 0, int headerWords = 5) =>
        $"4{headerWords:x}00 0000 0000 {fragment:x4} 40{protocol:x2} 0000 0a000001 0a000002" + new string('0', (headerWords - 5) * 8);

    /// <summary>A header of 40 bytes from 2001:db8::1 to 2001:db8::2.</summary>
    public static string IPv6(byte next, int payload = 0) =>
        $"60000000 {payload:x4} {next:x2}40 20010db8000000000000000000000001 20010db8000000000000000000000002";

    public static byte[] Of(params string[] hex) => Convert.FromHexString(string.Concat(hex).Replace(" ", ""));
}
