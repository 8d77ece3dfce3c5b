using System.Globalization;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>A number with a unit behind it, as written: <c>100 MiB</c>, <c>50us</c>, <c>1.5 s</c>.</summary>
internal readonly record struct Quantity(decimal Number, string Unit)
{
    /// <summary>The most digits for which a decimal multiplied by any unit here is still exact.</summary>
    private const int MostDigits = 18;

    public static bool TryParse(string text, out Quantity quantity)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        var number = text.AsSpan(0, end);
        var fine = decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && end <= MostDigits;
        quantity = new Quantity(value, text[end..].Trim());
        return fine && number[0] != '.' && number[^1] != '.';
    }
}
