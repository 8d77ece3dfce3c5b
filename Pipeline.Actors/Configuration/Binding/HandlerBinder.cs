using System.Diagnostics.CodeAnalysis;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds the handler of a consumer with <c>kind = bypass</c>.</summary>
internal static class HandlerBinder
{
    public const string Flows = "flows";

    public const string Forward = "forward";

    public static readonly IReadOnlyList<string> BuiltIn = ["count", "discard", Flows, Forward];

    private static readonly string Expected = $"expected one of {string.Join(", ", BuiltIn)}, or \"Type, path.dll\"";

    private static readonly Reading<TransmitTarget> Target = new(
        TransmitTarget.Form,
        (string text, [MaybeNullWhen(false)] out TransmitTarget target) => (target = TransmitTarget.TryParse(text)) is not null);

    /// <summary>Whether the handler writes a file.</summary>
    public static bool Writes(Section section) => section.Field("handler")?.Value is Hocon.HoconValue { Text: Flows };

    public static ConsumerOptions Bind(Section section, ConsumerOptions options)
    {
        if (!section.Has("handler"))
        {
            section.Error(section.Place, $"this consumer has no `handler`; {Expected}");
            return options;
        }

        if (section.Read("handler", Texts.Any!, null) is not { } handler) return options;
        if (handler.Contains(',')) return FromAssembly(section, options, handler);

        options = options with { Handler = handler };
        if (handler != Forward) KeyOf(Forward, "to", section);
        if (handler == Flows) return FlowsBinder.Bind(section, options);
        if (handler == Forward) options = options with { To = To(section) };
        else if (!BuiltIn.Contains(handler)) Unknown(section, handler);
        if (section.Field("options") is { } field && BuiltIn.Contains(handler))
        {
            section.Error(new Place(field.Source, field.KeySpan), $"the handler `{handler}` has no options; expected none");
        }

        return options;
    }

    private static ConsumerOptions FromAssembly(Section section, ConsumerOptions options, string handler)
    {
        KeyOf(Forward, "to", section);
        var comma = handler.LastIndexOf(',');
        var (type, path) = (handler[..comma].Trim(), handler[(comma + 1)..].Trim());
        if (type.Length == 0 || path.Length == 0 || handler.Contains('\0'))
        {
            section.Error(
                section.PlaceOf("handler"),
                $"`handler` is {section.Field("handler")!.Value.Description}; expected the full name "
                + "of a type, a comma and an assembly: \"Type, path.dll\"");
            return options;
        }

        return options with
        {
            Handler = type,
            HandlerAssembly = section.FileAt(section.Field("handler")!.Value.Source, path),
            Options = section.Child("options") is { } given ? new ConfiguredOptions(given) : options.Options,
        };
    }

    /// <summary>Where the normal stack gets its packets back; null where that is not said.</summary>
    public static TransmitTarget? ReadTap(Section section)
    {
        if (section.Read("to", Target!, null) is not { } to) return null;
        if (to.Kind == TransmitKind.Tap) return to;
        section.Error(section.PlaceOf("to"), $"`to` is `{to}`, which leads away from this host's stack; expected `tap:NAME`");
        return null;
    }

    private static TransmitTarget? To(Section section)
    {
        if (!section.Has("to"))
            section.Error(section.Place, $"this consumer forwards to nowhere; expected `to` with {TransmitTarget.Form}");
        return section.Read("to", Target!, null);
    }

    private static void Unknown(Section section, string handler)
    {
        var help = Nearest.Of(handler, BuiltIn) is { } near ? $"did you mean `{near}`?" : null;
        section.Error(section.PlaceOf("handler"), $"unknown handler {section.Field("handler")!.Value.Description}; {Expected}", help: help);
    }

    private static void KeyOf(string handler, string key, Section section)
    {
        if (section.Field(key) is not { } field) return;
        var found = section.Field("handler")!.Value.Description;
        section.Error(
            new Place(field.Source, field.KeySpan),
            $"`{key}` is a key of consumers with `handler = {handler}`; this one's handler is {found}");
    }
}
