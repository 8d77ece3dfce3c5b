using Pipeline.Host.Running;

namespace Pipeline.Host.Demo;

/// <summary>Has things go wrong in a demo. Any thread.</summary>
internal interface IDemoPlay
{
    /// <summary>Performs an act.</summary>
    /// <param name="who">Who ordered it.</param>
    /// <returns>What happens; or why it does not, which is a conflict.</returns>
    Task<(bool IsDone, string Words)> Perform(DemoAct act, IRunning run, string who);
}
