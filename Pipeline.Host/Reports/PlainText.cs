namespace Pipeline.Host.Reports;

/// <summary>Words of others, such as a node's, made fit for a terminal: what would drive it is shown as a replacement character.</summary>
internal static class PlainText
{
    public static string Of(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => c == '\t' ? ' ' : char.IsControl(c) ? '\uFFFD' : c)) : text;
}
