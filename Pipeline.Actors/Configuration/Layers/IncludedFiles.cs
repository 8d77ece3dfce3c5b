using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Layers;

/// <summary>Opens the files that configurations include. Names in each are relative to it, so their folders are kept.</summary>
/// <param name="folders">The folder of each text that is a file. Those that are included are added.</param>
internal sealed class IncludedFiles(Dictionary<SourceText, string> folders, Findings findings)
{
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public IncludedText Open(SourceText from, string name)
    {
        if (name == "-") throw new IOException("standard input is read once, as the configuration itself");
        var path = Path.Combine(folders.GetValueOrDefault(from, ""), name);
        var text = ConfigurationFile.Read(path, findings);
        folders[text] = Path.GetDirectoryName(path) ?? "/";
        return new IncludedText(text, FullPath.Of(path), IdentityOf);
    }

    /// <summary>The texts of files have the files' names.</summary>
    private string? IdentityOf(SourceText text) => folders.ContainsKey(text) ? FullPath.Of(text.Name) : null;
}
