using System.Buffers;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>A consumer and where it was written; the options are null when its kind could not be determined.</summary>
internal sealed record BoundConsumer(string Name, ConsumerOptions? Options, Section Section);

/// <summary>Binds <c>consumers { NAME { } }</c>.</summary>
internal static class ConsumerBinder
{
    public static readonly IReadOnlyList<string> Keys =
        ["kind", "handler", "options", "to", "write", "snaplen", "filter", "rotate", "instances", "on", "weight", "prefer", "release-after"];

    private const int LongestName = 64;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static readonly Reading<ConsumerKind?> Kinds = Words.Of<ConsumerKind?>(
        ("bypass", ConsumerKind.Bypass), ("af_packet", ConsumerKind.AfPacket), (ConsumerOptions.Stack, ConsumerKind.Stack));

    private static readonly Reading<int> Instances = Numbers.Between(1, ConsumerOptions.MostInstances);

    private static readonly Reading<int> Weight = Numbers.Between(1, ConsumerOptions.MostWeight);

    private static readonly Reading<bool> Local = new("the word local", (string text, out bool value) => value = text == "local");

    /// <summary>The longest that tcpdump and dumpcap accept.</summary>
    private static readonly Reading<int> SnapLength = Sizes.Between(0, 256 * 1024);

    public static IReadOnlyList<BoundConsumer> BindAll(Section pipeline) => pipeline.Child("consumers") is { } consumers
        ? [.. consumers.Fields.Select(
            c => consumers.Child(c.Key) is { } consumer ? Bind(c.Key, consumer) : new BoundConsumer(c.Key, null, consumers))]
        : [];

    private static BoundConsumer Bind(string name, Section section)
    {
        section.RejectUnknown(Keys);
        var kind = section.Read("kind", Kinds, null);
        CheckName(name, kind, section);
        if (!section.Has("kind")) section.Error(section.Place, $"this consumer has no `kind`; expected {Kinds.Expected}");
        if (kind is null) return new BoundConsumer(name, null, section);

        var options = new ConsumerOptions { Name = name, Kind = kind.Value };
        KeysOfOtherKinds(section, kind.Value);
        options = options with
        {
            Instances = section.Read("instances", Instances, options.Instances),
            On = section.Has("on") ? [.. section.ReadList("on", NodeChoice.Reading)] : [],
            Weight = section.Read("weight", Weight, options.Weight),
            PrefersLocal = section.Read("prefer", Local, false),
            ReleaseAfter = ReleaseBinder.After(section),
        };
        options = kind switch
        {
            ConsumerKind.Bypass => HandlerBinder.Bind(section, options),
            ConsumerKind.AfPacket => AfPacket(section, options),
            _ => options with { To = HandlerBinder.ReadTap(section) },
        };
        section.Errors(options.Check());
        return new BoundConsumer(name, options, section);
    }

    /// <summary>The name becomes a label, an actor's name and part of an address.</summary>
    private static void CheckName(string name, ConsumerKind? kind, Section section)
    {
        if (name.Length is 0 or > LongestName || name[0] == '.' || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            section.Error(
                section.Place, $"this name cannot be a consumer's; expected 1 to {LongestName} of A-Z a-z 0-9 _ . - and no leading dot");
        }

        if (name == ConsumerOptions.Stack && kind is not (null or ConsumerKind.Stack))
        {
            section.Error(
                section.PlaceOf("kind"), "the name `stack` stands for the normal stack; expected `kind = stack`, or another name");
        }
    }

    private static ConsumerOptions AfPacket(Section section, ConsumerOptions options)
    {
        if (!section.Has("write"))
        {
            section.Error(
                section.Place, "this consumer has nowhere to write to; expected `write` with a file name, or `-` for standard output");
        }

        return options with
        {
            Write = ReadOutput(section, CompressedOutput.RefuseCapture),
            Filter = section.Read("filter", Texts.Any!, null),
            SnapLength = section.Read("snaplen", SnapLength, options.SnapLength),
            Rotate = section.Child("rotate") is { } rotate ? RotateBinder.Bind(rotate, section) : null,
        };
    }

    /// <summary>The output that <c>write</c> names. Its name must not promise a format that is not written.</summary>
    /// <param name="refuse">Says why a name promises one.</param>
    public static string? ReadOutput(Section section, Func<string, string?> refuse)
    {
        var write = section.ReadFile("write");
        if (write is not null && refuse(write) is { } refusal) section.Error(section.PlaceOf("write"), refusal);
        return write;
    }

    private static void KeysOfOtherKinds(Section section, ConsumerKind kind)
    {
        foreach (var field in section.Fields)
        {
            ConsumerKind? owner = field.Key switch
            {
                "to" when kind == ConsumerKind.Stack => null,
                "handler" or "options" or "to" => ConsumerKind.Bypass,
                "write" when HandlerBinder.Writes(section) => ConsumerKind.Bypass,
                "write" or "snaplen" or "filter" or "rotate" => ConsumerKind.AfPacket,
                _ => null,
            };
            if (owner is null || owner == kind) continue;
            var needed = owner == ConsumerKind.Bypass ? "bypass" : "af_packet";
            var found = section.Field("kind")!.Value.Description;
            section.Error(
                new Place(field.Source, field.KeySpan),
                $"`{field.Key}` is a key of consumers with `kind = {needed}`; this one's kind is {found}");
        }
    }
}
