namespace Pipeline.Host.Commands.Cluster;

/// <summary><c>pipeline cluster</c>: the members of a cluster, as any of its nodes sees them.</summary>
internal sealed class ClusterCommand() : VerbGroup(
    "cluster",
    "see the members of a cluster, and have one leave or be given up",
    new ClusterShowCommand(),
    new ClusterAskCommand(
        "leave", "have a member leave in an orderly way; it goes on alone until it is started again", "the member's name or address (default: the node that is asked)", isOptional: true),
    new ClusterAskCommand("down", "give up a member that cannot be reached, without waiting until the others agree", "the member's name or address", isOptional: false));
