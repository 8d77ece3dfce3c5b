using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Diagnostics;

/// <summary>Texts that users write: rules and configurations.</summary>
public static class TextFile
{
    /// <summary>Far more than any rule set has. A capture given by mistake is not read into memory.</summary>
    private const long MostBytes = 64 << 20;

    /// <summary>Reads a whole file or pipe, as UTF-8 or by its byte order mark.</summary>
    /// <param name="path">The file; it becomes the text's name.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to read it.</exception>
    /// <exception cref="LinuxException">It is a socket.</exception>
    /// <exception cref="InvalidInputException">It is longer than 64 MiB, or is not text.</exception>
    public static SourceText Read(string path)
    {
        StandardStreams.CheckOpen(path);
        if (Directory.Exists(path)) throw new FileNotFoundException($"{path}: is a folder, not a file");
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file");
        using var stream = Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a whole stream as UTF-8 or by its byte order mark.</summary>
    /// <param name="stream">The caller owns it and closes it.</param>
    /// <param name="name">The text's name.</param>
    /// <exception cref="InvalidInputException">It is longer than 64 MiB, or is not text.</exception>
    public static SourceText Read(Stream stream, string name)
    {
        // A pipe has no known length: the bytes that come out of it are counted.
        var buffer = new MemoryStream();
        var chunk = new byte[64 << 10];
        for (var read = stream.Read(chunk); read > 0; read = stream.Read(chunk))
        {
            var nul = chunk.AsSpan(0, read).IndexOf((byte)0);
            if (nul >= 0) throw new InvalidInputException($"{name}: is not text: byte {buffer.Length + nul} is 0", []);
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MostBytes)
                throw new InvalidInputException($"{name}: is longer than {MostBytes >> 20} MiB, so not a rule file or configuration", []);
        }

        buffer.Position = 0;
        return new SourceText(name, new StreamReader(buffer).ReadToEnd());
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException($"{path}: permission denied", error);
        }
        catch (IOException error) when (error.HResult == (int)Errno.ENXIO)
        {
            throw new LinuxException("open", path, Errno.ENXIO);
        }
    }
}
