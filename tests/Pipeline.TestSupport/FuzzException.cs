using System.Runtime.CompilerServices;
using System.Text;

namespace Pipeline.TestSupport;

/// <summary>What a fuzzer looks for: something that is not as it has to be.</summary>
public sealed class FuzzException(string what, Exception? inner = null) : Exception(what, inner)
{
    /// <summary>A failure with the text that leads to it, which is printed and, because it may hold anything, in base64 of its UTF-16.</summary>
    public static FuzzException Of(Exception failure, string text)
    {
        var kind = failure is FuzzException ? "" : failure.GetType().Name + ": ";
        return new FuzzException($"{kind}{failure.Message}\n{text}\n{Convert.ToBase64String(Encoding.Unicode.GetBytes(text))}", failure);
    }

    /// <param name="what">Made only where it is needed, because every packet and every text comes by here.</param>
    public static void Unless(bool isRight, [InterpolatedStringHandlerArgument(nameof(isRight))] ref Words what)
    {
        if (!isRight) throw new FuzzException(what.ToString());
    }

    public static void Unless(bool isRight, string what)
    {
        if (!isRight) throw new FuzzException(what);
    }

    /// <summary>The words of what is wrong, put together only where something is.</summary>
    [InterpolatedStringHandler]
    public ref struct Words
    {
        private DefaultInterpolatedStringHandler _text;

        public Words(int literalLength, int formattedCount, bool isRight, out bool isNeeded)
        {
            isNeeded = !isRight;
            if (isNeeded) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }
}
