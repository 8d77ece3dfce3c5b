using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds the handler of a consumer with <c>kind = bypass</c>.</summary>
internal static class HandlerBinder
{
    private static readonly IReadOnlyList<string> Known = ["count", "discard"];

    private static readonly IReadOnlyList<string> Later = ["forward", "flows"];

    public static string? Bind(Section section)
    {
        var expected = $"expected one of {string.Join(", ", Known)}";
        if (!section.Has("handler"))
        {
            section.Error(section.Place, $"this consumer has no `handler`; {expected}");
            return null;
        }

        if (section.Read("handler", Texts.Any!, null) is not { } handler) return null;
        var at = section.PlaceOf("handler");
        if (Later.Contains(handler)) section.Error(at, $"the handler `{handler}` is not available in this version; {expected}");
        else if (handler.Contains(',')) section.Error(at, $"handlers from assemblies are not available in this version; {expected}");
        else if (!Known.Contains(handler)) section.Error(at, $"unknown handler {section.Field("handler")!.Value.Description}; {expected}", help: Help(handler));

        // Where to forward to is beside the point when forwarding was refused already.
        if (!Later.Contains(handler)) section.NotInThisVersion("to", "forwarding is");
        return handler;
    }

    private static string? Help(string handler) => Nearest.Of(handler, Known) is { } near ? $"did you mean `{near}`?" : null;
}
