namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>A device on an interface that the test can bring down and delete.</summary>
internal abstract class LiveUnderTest : DeviceUnderTest
{
    /// <summary>The interface's name.</summary>
    public abstract string Interface { get; }

    public abstract void SetUp(bool isUp);

    public abstract void Delete();

    /// <summary>Makes it anew, up.</summary>
    public abstract void Make();

    /// <summary>Moves it to another network namespace, and back, and up; null where it lies in one of its own.</summary>
    public virtual Action? MoveAwayAndBack => null;
}
