using System.Text;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Linux;

namespace Pipeline.Host;

/// <summary>
/// How many descriptors the process may have open (<c>ulimit -n</c>). The runtime holds two for each library of the program and cannot go
/// on without; what it says then names the library.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>What a run needs: some 85 for libraries, and the rest for its files and its threads.</summary>
    public const int FewestForRun = 100;

    /// <summary>Enough for everything but a great many files; a server's libraries are as many again.</summary>
    private const int Enough = 256;

    public static string Words => $"at most {Resource.MostDescriptors()} files may be open at a time, which are too few; raise the limit (ulimit -n {Enough})";

    public static bool IsLow => Resource.MostDescriptors() < Enough;

    /// <exception cref="DescriptorLimitException">There are fewer.</exception>
    public static void Require(int descriptors)
    {
        if (Resource.MostDescriptors() < (ulong)descriptors) throw new DescriptorLimitException(Words);
    }

    /// <summary>Whether it is the likely cause: it is low, and a library or a system call failed in the way that it fails then.</summary>
    public static bool Explains(Exception? error)
    {
        if (!IsLow) return false;
        for (; error is not null; error = error.InnerException)
        {
            if (error is BadImageFormatException or FileLoadException or TypeLoadException or DllNotFoundException) return true;
            if (error is FileNotFoundException { FileName: { } library } && IsLibrary(library)) return true;

            // By its words (errno(3), EMFILE), because some of the exceptions that carry the number lie in libraries that cannot be loaded now.
            if (error.Message.Contains("Too many open files", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Says it with as little as there is.</summary>
    public static void Say() => StandardStream.Error.Write(Encoding.UTF8.GetBytes($"error: {Words}\n"));

    /// <summary>As the runtime names one that it looked for.</summary>
    private static bool IsLibrary(string name) => name.Contains(", Culture=", StringComparison.Ordinal);
}

/// <summary>The limit of open files is too low for what was asked.</summary>
internal sealed class DescriptorLimitException(string message) : Exception(message);
