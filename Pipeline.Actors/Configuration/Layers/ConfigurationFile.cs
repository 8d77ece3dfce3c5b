using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Actors.Configuration.Layers;

/// <summary>Reads a configuration file as text, and survives one that is not text: an endless device, a pipe, a binary file.</summary>
internal static class ConfigurationFile
{
    /// <param name="path">The file.</param>
    /// <param name="findings">Collects an error for a file that is too large or not UTF-8.</param>
    /// <exception cref="IOException">
    /// The file cannot be read, or is a directory; <see cref="FileNotFoundException"/> and the like say why.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static SourceText Read(string path, Findings findings)
    {
        StandardStreams.CheckOpen(path);
        if (Directory.Exists(path)) throw new IOException($"{path} is a directory; expected a configuration file");
        using var file = new FileStream(FullPath.Of(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Decode(path, ReadBounded(file), findings);
    }

    internal static SourceText Decode(string name, ReadOnlySpan<byte> bytes, Findings findings)
    {
        if (bytes.Length > HoconReader.LongestText) return Refused(name, findings);
        var source = new SourceText(name, Encoding.UTF8.GetString(bytes));
        if (!Utf8.IsValid(bytes))
        {
            var characters = new char[bytes.Length];
            Utf8.ToUtf16(bytes, characters, out var read, out var written, replaceInvalidSequences: false);
            findings.Error(source, new TextSpan(written, 1), $"byte 0x{bytes[read]:x2} at offset {read} is not UTF-8 text");
        }

        return source;
    }

    /// <summary>Without its text, of which no line would say more, and which nobody counts as read.</summary>
    private static SourceText Refused(string name, Findings findings)
    {
        var source = new SourceText(name, "");
        findings.Error(source, default, $"this file is too large for a configuration; at most {HoconReader.LongestText} bytes are read");
        return source;
    }

    /// <summary>Reads at most one byte more than is allowed, which shows the caller that the file is too long.</summary>
    private static byte[] ReadBounded(FileStream file)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (bytes.WrittenCount <= HoconReader.LongestText)
        {
            var free = bytes.GetSpan(4096);
            var count = file.Read(free[..Math.Min(free.Length, HoconReader.LongestText + 1 - bytes.WrittenCount)]);
            if (count == 0) break;
            bytes.Advance(count);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
