using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>What a check looked at, a line for each file.</summary>
internal static class CheckedInWords
{
    public static string Of(CheckedJson looked) => $"checked {Quoted.Of(looked.File ?? "the configuration that run uses")}: {Contents(looked)}";

    private static string Contents(CheckedJson looked) => looked switch
    {
        { Rules: { } rules, Filters: { } filters } => $"{Count(rules, "rule")}{(filters > 0 ? $", {filters} of them with a filter" : "")}",
        { Routes: { } routes, Consumers: { } consumers } => $"{Count(routes, "route")}, {Count(consumers, "consumer")}",
        _ => "it could not be read",
    };

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
