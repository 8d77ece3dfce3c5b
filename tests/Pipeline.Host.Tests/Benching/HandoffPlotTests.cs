using System.Globalization;
using System.Xml.Linq;
using Pipeline.Bench;
using Pipeline.Host.Benching;
using Xunit;

namespace Pipeline.Host.Tests.Benching;

public sealed class HandoffPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string[] Engines = ["mailbox", "ring", "channel", "tell"];

    private readonly XDocument _plot = XDocument.Parse(HandoffPlot.Of(
        [.. Engines.SelectMany((engine, i) => HandoffBench.Sizes.Select(size => new HandoffRow(engine, size, (i + 1) * (100 + (2.0 * size)), 1, 2, 0)))], "a <machine> & more"));

    [Fact]
    public void There_is_a_curve_for_each_engine_with_a_point_for_each_size()
    {
        var curves = _plot.Descendants(Svg + "polyline").Select(Points).ToList();

        Assert.Equal(Engines.Length, curves.Count);
        Assert.All(curves, c => Assert.Equal(HandoffBench.Sizes.Count, c.Count));
    }

    [Fact]
    public void Less_is_lower_and_larger_bundles_are_to_the_right()
    {
        var mailbox = Points(_plot.Descendants(Svg + "polyline").First());

        Assert.Equal(mailbox.Select(p => p.X).Order(), mailbox.Select(p => p.X));
        Assert.Equal(mailbox.Select(p => p.Y).Order(), mailbox.Select(p => p.Y));
    }

    [Fact]
    public void Every_point_lies_within_the_axes() =>
        Assert.All(_plot.Descendants(Svg + "polyline").SelectMany(Points), p => Assert.True(p.X is >= 70 and <= 630 && p.Y is >= 40 and <= 390));

    [Fact]
    public void Engines_sizes_units_and_the_machine_are_named()
    {
        var words = _plot.Descendants(Svg + "text").Select(t => t.Value).ToList();

        Assert.Empty(Engines.Concat(HandoffBench.Sizes.Select(s => s.ToString(CultureInfo.InvariantCulture))).Append("ns a packet").Append("a <machine> & more").Except(words));
    }

    private static List<(double X, double Y)> Points(XElement line) =>
        [.. line.Attribute("points")!.Value.Split(' ').Select(p => p.Split(',')).Select(p => (Number(p[0]), Number(p[1])))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
