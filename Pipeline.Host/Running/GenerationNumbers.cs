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

    /// <summary>Takes the next number in the first of these folders that can be written to.</summary>
    /// <param name="name">The pipeline's.</param>
    /// <param name="problem">Why there is none, or why numbers start anew; null where they go on.</param>
    /// <returns>Null where no folder can be written to.</returns>
    public static GenerationNumbers? In(IEnumerable<string> folders, string name, out string? problem)
    {
        List<string> refusals = [];
        foreach (var folder in folders)
        {
            try
            {
                Directory.CreateDirectory(folder);
                var file = Path.Combine(folder, $"{name}.generation");
                var last = Read(file, out problem);
                var numbers = new GenerationNumbers(file, last + 1);
                numbers.Write(numbers.First);
                return numbers;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                refusals.Add(error is LinuxException ? error.Message : $"{folder}: {error.Message}");
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

    private static int Read(string file, out string? problem)
    {
        problem = null;
        if (!File.Exists(file)) return 0;
        var text = File.ReadAllText(file).Trim();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= Largest) return last;
        problem = $"generations are numbered from 1 again: {file} should have the number of the last one, and has something else";
        return 0;
    }

    private void Write(int generation)
    {
        using var written = FileReplacement.Write(_file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generation}\n")));
        written.Commit();
    }
}
