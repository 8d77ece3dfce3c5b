namespace Pipeline.Nic.Diagnostics;

/// <summary>Paths from the root, even where there is no working directory any more.</summary>
public static class FullPath
{
    /// <summary>The path from the root, without <c>.</c> and <c>..</c>. Links are not followed; the file need not be there.</summary>
    /// <exception cref="DirectoryNotFoundException">The path is relative, and the working directory is gone.</exception>
    public static string Of(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (FileNotFoundException error)
        {
            throw new DirectoryNotFoundException(
                $"{path}: the working directory is gone; change to another, or give the whole path", error);
        }
    }
}
