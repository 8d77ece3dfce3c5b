using System.Globalization;
using System.Net;
using System.Text;
using Pipeline.Bench;

namespace Pipeline.Host.Benching;

/// <summary>The amortisation curve as an SVG image: nanoseconds per packet over packets per bundle, both axes logarithmic.</summary>
internal static class HandoffPlot
{
    private const int Width = 760;
    private const int Height = 460;
    private const int Left = 70;
    private const int Right = 130;
    private const int Top = 40;
    private const int Bottom = 70;

    /// <summary>
    /// The styles of the engines, which can be told apart without colour: each has a dash of its own. The colours are those of Okabe and
    /// Ito (jfly.uni-koeln.de/color).
    /// </summary>
    private static readonly (string Engine, string Colour, string Dash)[] Styles =
        [("mailbox", "#0072b2", "none"), ("ring", "#009e73", "2 3"), ("channel", "#e69f00", "8 4"), ("tell", "#d55e00", "8 3 2 3")];

    public static string Of(IReadOnlyList<HandoffRow> rows, string machine)
    {
        var sizes = rows.Select(r => r.Bundle).Distinct().Order().ToList();
        var lowest = (int)Math.Floor(Math.Log10(rows.Min(r => r.NsPerPacket)));
        var highest = Math.Max(lowest + 1, (int)Math.Ceiling(Math.Log10(rows.Max(r => r.NsPerPacket))));
        var x = new Scale(Math.Log2(sizes[0]), Math.Log2(sizes[^1]), Left, Width - Right);
        var y = new Scale(lowest, highest, Height - Bottom, Top);

        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13" role="img">""");
        Add(svg, $"<title>Cost of a handoff by bundle size</title><rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        foreach (var size in sizes) AddColumn(svg, x.At(Math.Log2(size)), size);
        for (var decade = lowest; decade <= highest; decade++) AddLine(svg, y.At(decade), Math.Pow(10, decade));
        AddWords(svg, machine);
        var place = 0;
        foreach (var (engine, colour, dash) in Styles)
        {
            var points = rows.Where(r => r.Engine == engine).OrderBy(r => r.Bundle).Select(r => (X: x.At(Math.Log2(r.Bundle)), Y: y.At(Math.Log10(r.NsPerPacket)))).ToList();
            AddCurve(svg, points, colour, dash);
            AddLegend(svg, engine, colour, dash, Top + 10 + (22 * place++));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AddColumn(StringBuilder svg, double x, int size)
    {
        Add(svg, $"""<line x1="{x:0.#}" y1="{Top}" x2="{x:0.#}" y2="{Height - Bottom}" stroke="#ddd"/>""");
        Add(svg, $"""<text x="{x:0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{size}</text>""");
    }

    private static void AddLine(StringBuilder svg, double y, double nanoseconds)
    {
        Add(svg, $"""<line x1="{Left}" y1="{y:0.#}" x2="{Width - Right}" y2="{y:0.#}" stroke="#ddd"/>""");
        Add(svg, $"""<text x="{Left - 8}" y="{y + 4:0.#}" text-anchor="end">{nanoseconds:0.###}</text>""");
    }

    private static void AddWords(StringBuilder svg, string machine)
    {
        var middle = (Left + Width - Right) / 2;
        Add(svg, $"""<text x="{middle}" y="22" text-anchor="middle" font-size="15">Cost of a handoff to another CPU</text>""");
        Add(svg, $"""<text x="{middle}" y="{Height - Bottom + 38}" text-anchor="middle">packets to a bundle</text>""");
        Add(svg, $"""<text x="18" y="{(Top + Height - Bottom) / 2}" text-anchor="middle" transform="rotate(-90 18 {(Top + Height - Bottom) / 2})">ns a packet</text>""");
        Add(svg, $"""<text x="{Left}" y="{Height - 10}" font-size="10" fill="#555">{WebUtility.HtmlEncode(machine)}</text>""");
    }

    private static void AddCurve(StringBuilder svg, List<(double X, double Y)> points, string colour, string dash)
    {
        var line = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));
        Add(svg, $"""<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>""");
        foreach (var (px, py) in points) Add(svg, $"""<circle cx="{px:0.#}" cy="{py:0.#}" r="3.5" fill="{colour}"/>""");
    }

    private static void AddLegend(StringBuilder svg, string engine, string colour, string dash, int y)
    {
        Add(svg, $"""<line x1="{Width - Right + 15}" y1="{y}" x2="{Width - Right + 50}" y2="{y}" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>""");
        Add(svg, $"""<text x="{Width - Right + 57}" y="{y + 4}">{engine}</text>""");
    }

    private static void Add(StringBuilder svg, FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Maps a range of values to a range of the image.</summary>
    private readonly record struct Scale(double From, double To, double Start, double End)
    {
        public double At(double value) => Start + ((value - From) / (To - From) * (End - Start));
    }
}
