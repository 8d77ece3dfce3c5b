using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Values that are one of a few words.</summary>
internal static class Words
{
    public static readonly Reading<bool> Switch = new("true or false (on, off, yes, no)", TryReadSwitch);

    public static Reading<T> Of<T>(params (string Word, T Value)[] words) => new(
        "one of " + string.Join(", ", words.Select(w => w.Word)),
        (string text, [MaybeNullWhen(false)] out T value) =>
        {
            var index = Array.FindIndex(words, w => w.Word == text);
            value = index < 0 ? default! : words[index].Value;
            return index >= 0;
        });

    private static bool TryReadSwitch(string text, out bool value)
    {
        value = text is "true" or "yes" or "on";
        return value || text is "false" or "no" or "off";
    }
}
