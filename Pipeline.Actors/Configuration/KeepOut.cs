namespace Pipeline.Actors.Configuration;

/// <summary>Where keep-out guards are placed in front of the rules.</summary>
public enum KeepOut
{
    /// <summary>On live interfaces, because the machine needs the packets that guards keep for it.</summary>
    Auto,

    /// <summary>Also for captures and the simulator, as a rehearsal.</summary>
    On,
}
