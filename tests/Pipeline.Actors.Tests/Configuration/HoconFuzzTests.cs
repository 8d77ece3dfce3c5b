using System.Text;
using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Layers;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>Any text gets an answer, in work linear in its length, and every finding points into the text.</summary>
public class HoconFuzzTests
{
    private const int Cases = 2000;

    /// <summary>Characters and tokens are looked at about once each.</summary>
    private const int WorkPerCharacter = 3;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "=", ":", ",", "\n", "\"", "\"\"\"", "\\", "#", "//", "${", "+=", "include", " ", ".", "a", "a.b", "null", "50 us", "\\u00", "\0",
        "\uD800", "pipeline", "routes", "consumers", "mark", "to", "stack", "kind", "af_packet", "write", "25%", "0x10/0xf0", "bundle.packets", "source",
    ];

    [Fact]
    public void Any_bytes_get_an_answer() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        var findings = new Findings();
        return Answers(ConfigurationFile.Decode("t.conf", bytes, findings));
    }, iter: Cases);

    [Fact]
    public void Any_jumble_of_pieces_gets_an_answer() =>
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 80].Sample(pieces => Answers(new SourceText("t.conf", string.Concat(pieces))), iter: Cases);

    [Fact]
    public void Any_mutation_of_a_good_configuration_gets_an_answer()
    {
        var good = ConfigurationLoader.Reference().Text + "\npipeline { routes = [ { mark = 0x20/0xf0, to = a } ], consumers { a { kind = af_packet, write = x, rotate { files = 3, filesize = 1 M } } } }";
        var edit = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 40], Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]));

        edit.Array[1, 8].Sample(edits => Answers(new SourceText("t.conf", edits.Aggregate(good, Edited))), iter: Cases);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData("a {")]
    [InlineData("a = [")]
    [InlineData("a = {b=")]
    [InlineData("a.")]
    [InlineData("\"")]
    [InlineData("\"\"\"\" ")]
    [InlineData("\\")]
    [InlineData("a = \"\\")]
    [InlineData("\n")]
    [InlineData(" }")]
    [InlineData("a//\n")]
    [InlineData("${")]
    [InlineData(",")]
    [InlineData("x y ")]
    public void Repetition_costs_no_more_than_its_length(string piece) => Assert.True(Answers(new SourceText("t.conf", string.Concat(Enumerable.Repeat(piece, 50_000)))));

    private static string Edited(string text, (int At, int Length, string Piece) edit)
    {
        var at = Math.Min(edit.At, text.Length);
        return text[..at] + edit.Piece + text[Math.Min(at + edit.Length, text.Length)..];
    }

    private static bool Answers(SourceText source)
    {
        var findings = new Findings();
        HoconReader.Read(source, findings, out var work);
        var (options, diagnostics) = ConfigurationLoader.Load(source);

        var shown = new StringBuilder();
        foreach (var diagnostic in diagnostics) shown.Append(diagnostic);
        var inside = diagnostics.All(d => d.Span.Start >= 0 && d.Span.Start <= d.Source.Text.Length);
        return work <= WorkPerCharacter * (source.Text.Length + 2L) && inside && (options is null) == diagnostics.Any(d => d.Severity == Severity.Error);
    }
}
