using System.Runtime.CompilerServices;

namespace Pipeline.Linux.Tests;

/// <summary>Programs that tests start remember nothing on this machine, unless a test says where.</summary>
internal static class NoState
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("PIPELINE__STATE", "off");
}
