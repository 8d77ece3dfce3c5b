namespace Pipeline.Actors.Configuration;

/// <summary>Where keep-out guards stand in front of the rules.</summary>
public enum KeepOut
{
    /// <summary>On live interfaces, where the machine needs what they keep.</summary>
    Auto,

    /// <summary>Also for captures and the simulator, as a rehearsal.</summary>
    On,
}
