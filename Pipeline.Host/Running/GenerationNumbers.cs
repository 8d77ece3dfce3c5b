using System.Globalization;
using System.Text;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>
/// Remembers the number of a pipeline's last generation in a file, so that two generations never have one number, whatever was restarted
/// between them. A number is written before its generation is in force. Any thread, one at a time.
/// </summary>
internal sealed class GenerationNumbers
{
    /// <summary>A larger number was not written by this program, and would soon leave none.</summary>
    private const int Largest = 1_000_000_000;

    private readonly string _file;

    private GenerationNumbers(string file, int first) => (_file, First) = (file, first);

    /// <summary>The number of the generation that the run begins with.</summary>
    public int First { get; }

    /// <summary>
    /// Takes the number after the largest that any of these folders remembers, and remembers it in the first that can be written to.
    /// </summary>
    /// <param name="name">The pipeline's.</param>
    /// <param name="problem">Why there is none, or why it might be lower than one that was given before; null where it is not.</param>
    /// <returns>Null where no folder can be written to.</returns>
    public static GenerationNumbers? In(IEnumerable<string> folders, string name, out string? problem)
    {
        List<string> doubts = [], refusals = [];
        List<(string Folder, string File)> places = [.. folders.Select(f => (f, Path.Combine(f, $"{name}.generation")))];
        var remembered = places.ConvertAll(place => Read(place.File, doubts));
        var first = remembered.DefaultIfEmpty().Max().GetValueOrDefault() + 1;
        for (var i = 0; i < places.Count; i++)
        {
            var (folder, file) = places[i];
            try
            {
                Directory.CreateDirectory(folder);
                var numbers = new GenerationNumbers(file, first);
                numbers.Write(first);
                problem = doubts.Count == 0 ? null : $"generations are numbered from {first}, and might have had higher numbers before: {string.Join("; ", doubts)}";
                return numbers;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                var why = error is LinuxException ? error.Message : $"{folder}: {error.Message}";
                refusals.Add(why);

                // A folder that never remembered anything is no loss, such as the machine's for a user's own runs.
                if (remembered[i] is not null) doubts.Add($"{why} (it remembers {remembered[i]})");
            }
        }

        problem = refusals.Count == 0 ? null : $"generations are numbered from 1 again, because no folder could be written to that remembers them ({string.Join("; ", refusals)})";
        return null;
    }

    /// <returns>Why the number could not be written; null when it was.</returns>
    public string? Remember(int generation)
    {
        try
        {
            Write(generation);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <returns>Null where there is none, or none can be read.</returns>
    private static int? Read(string file, List<string> doubts)
    {
        try
        {
            var text = File.ReadAllText(file).Trim();
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= Largest) return last;
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

    private void Write(int generation)
    {
        using var written = FileReplacement.Write(_file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generation}\n")));
        written.Commit();
    }
}
