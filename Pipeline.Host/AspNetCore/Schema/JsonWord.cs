using System.Text.Json;

namespace Pipeline.Host.Schema;

/// <summary>Members of enumerations in the words of configurations: <c>DropNew</c> is <c>drop-new</c>.</summary>
internal static class JsonWord
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
