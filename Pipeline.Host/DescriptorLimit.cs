using System.Text;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Linux;

namespace Pipeline.Host;

/// <summary>
/// The limit of open descriptors of the process (<c>ulimit -n</c>). The runtime holds two for each library of the program and fails without
/// them; its own message then only names the library.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>The descriptors that a run needs: about 85 for libraries, and the rest for its files and its threads.</summary>
    public const int FewestForRun = 100;

    /// <summary>Enough for everything except a great many files; a server needs as many again for its libraries.</summary>
    private const int Enough = 256;

    public static string Words => $"at most {Resource.MostDescriptors()} files may be open at a time, which are too few; raise the limit (ulimit -n {Enough})";

    public static bool IsLow => Resource.MostDescriptors() < Enough;

    /// <exception cref="DescriptorLimitException">The limit is lower.</exception>
    public static void Require(int descriptors)
    {
        if (Resource.MostDescriptors() < (ulong)descriptors) throw new DescriptorLimitException(Words);
    }

    /// <summary>
    /// Whether it is the likely cause: the limit is low, and a library or a system call failed in the way that a low limit makes it fail.
    /// </summary>
    public static bool Explains(Exception? error)
    {
        if (!IsLow) return false;
        for (; error is not null; error = error.InnerException)
        {
            if (error is BadImageFormatException or FileLoadException or TypeLoadException or DllNotFoundException) return true;
            if (error is FileNotFoundException { FileName: { } library } && IsLibrary(library)) return true;

            // Recognised by its words (errno(3), EMFILE), because some of the exceptions that carry the number lie in libraries that cannot
            // be loaded now.
            if (error.Message.Contains("Too many open files", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Writes the message, with as few libraries as possible.</summary>
    public static void Say() => StandardStream.Error.Write(Encoding.UTF8.GetBytes($"error: {Words}\n"));

    /// <summary>Whether the name has the form in which the runtime names a library that it looked for.</summary>
    private static bool IsLibrary(string name) => name.Contains(", Culture=", StringComparison.Ordinal);
}

/// <summary>The limit of open files is too low for the command.</summary>
internal sealed class DescriptorLimitException(string message) : Exception(message);
