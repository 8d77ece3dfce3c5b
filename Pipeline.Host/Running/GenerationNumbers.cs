using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>
/// Remembers the number of a pipeline's last generation in a file, so that two generations never have one number, whatever was restarted
/// between them. A number is written before its generation is in force; in a cluster with a hash of its text. Any thread, one at a time.
/// </summary>
internal sealed class GenerationNumbers
{
    /// <summary>A larger number was not written by this program, and would soon leave none.</summary>
    private const int Largest = 1_000_000_000;

    private readonly string _file;
    private readonly bool _hasHash;

    private GenerationNumbers(string file, int first, bool hasHash) => (_file, First, _hasHash) = (file, first, hasHash);

    /// <summary>The number of the generation that the run begins with.</summary>
    public int First { get; }

    /// <summary>
    /// Takes the number after the largest that any of these folders remembers, and remembers it in the first that can be written to.
    /// </summary>
    /// <param name="name">The pipeline's.</param>
    /// <param name="problem">Why there is none, or why it might be lower than one that was given before; null where it is not.</param>
    /// <param name="rules">
    /// The rules that the run begins with, for a run that keeps the number if they are those that had it last; null where each start is a
    /// generation.
    /// </param>
    /// <returns>Null where no folder can be written to.</returns>
    public static GenerationNumbers? In(IEnumerable<string> folders, string name, out string? problem, string? rules = null)
    {
        List<string> doubts = [], refusals = [];
        List<(string Folder, string File)> places = [.. folders.Select(f => (f, Path.Combine(f, $"{name}.generation")))];
        var remembered = places.ConvertAll(place => Read(place.File, doubts));
        var last = remembered.MaxBy(r => r?.Number);
        var first = last is null ? 1 : rules is not null && last.Hash == HashOf(rules) ? last.Number : last.Number + 1;
        for (var i = 0; i < places.Count; i++)
        {
            var (folder, file) = places[i];
            try
            {
                Directory.CreateDirectory(folder);
                var numbers = new GenerationNumbers(file, first, rules is not null);
                numbers.Write(first, rules ?? "");
                problem = doubts.Count == 0 ? null : $"generations are numbered from {first}, and might have had higher numbers before: {string.Join("; ", doubts)}";
                return numbers;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                var why = error is LinuxException ? error.Message : $"{folder}: {error.Message}";
                refusals.Add(why);

                // A folder that never remembered anything is no loss, such as the machine's for a user's own runs.
                if (remembered[i] is not null) doubts.Add($"{why} (it remembers {remembered[i]!.Number})");
            }
        }

        problem = refusals.Count == 0 ? null : $"generations are numbered from 1 again, because no folder could be written to that remembers them ({string.Join("; ", refusals)})";
        return null;
    }

    /// <param name="rules">The generation's text.</param>
    /// <returns>Why the number could not be written; null when it was.</returns>
    public string? Remember(int generation, string rules)
    {
        try
        {
            Write(generation, rules);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <returns>Null where there is none, or none can be read.</returns>
    private static Last? Read(string file, List<string> doubts)
    {
        try
        {
            var words = File.ReadAllText(file).Trim().Split(' ', 2);
            if (int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= Largest)
                return new Last(last, words.ElementAtOrDefault(1));
            doubts.Add($"{file} should have the number of the last one, and has something else");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing is remembered there.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            doubts.Add(error.Message);
        }

        return null;
    }

    private void Write(int generation, string rules)
    {
        var hash = _hasHash ? " " + HashOf(rules) : "";
        using var written = FileReplacement.Write(_file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generation}{hash}\n")));
        written.Commit();
    }

    private static string HashOf(string rules) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rules)));

    /// <param name="Hash">The SHA-256 of its text in UTF-8, as hexadecimal digits; null where that was not remembered.</param>
    private sealed record Last(int Number, string? Hash);
}
