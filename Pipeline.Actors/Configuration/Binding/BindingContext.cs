using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>What all sections of one configuration share.</summary>
/// <param name="findings">Collects the errors and warnings.</param>
/// <param name="folders">The folder of each text that is a file. File names in other texts are relative to the working directory.</param>
internal sealed class BindingContext(Findings findings, IReadOnlyDictionary<SourceText, string> folders)
{
    public Findings Findings => findings;

    public string FolderOf(SourceText source) => folders.GetValueOrDefault(source, "");
}
