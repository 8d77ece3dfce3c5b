using System.Text;

namespace Pipeline.Host.Tests.Running;

/// <summary>An output that takes nothing.</summary>
internal sealed class BrokenWriter(Exception failure) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw failure;
}
