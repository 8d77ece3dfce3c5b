using System.Globalization;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The links between a node and others: a line for each.</summary>
internal static class LinksInWords
{
    public static IEnumerable<string> Of(ClusterLinksJson links)
    {
        List<string[]> rows = [["link", "state", "instances", "packets", "MB", "in flight", "credit"]];
        rows.AddRange(links.Out.Select(Row));
        rows.AddRange(links.In.Select(Row));
        foreach (var line in Table.Lines(rows, leftColumns: 3)) yield return line.TrimEnd();
        if (links.Resent > 0) yield return $"{Figures.Count(links.Resent)} packets were sent once more, because a connection or a node was gone";
    }

    private static string[] Row(LinkOutJson link) =>
    [
        $"to {Quoted.Of(link.Node)}", Quoted.Of(link.State), Quoted.Of(string.Join(", ", link.Instances)), Figures.Count(link.Sent.Packets), Megabytes(link.Sent.Bytes),
        Figures.Count(link.InFlight), link.Window == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * link.Credit / link.Window:0} %"),
    ];

    private static string[] Row(LinkInJson link) =>
    [
        $"from {Quoted.Of(link.Node)}", link.Up ? "up" : "ended", "", Figures.Count(link.Received.Packets), Megabytes(link.Received.Bytes), "", $"{link.Slabs} of {link.MostSlabs} slabs",
    ];

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
