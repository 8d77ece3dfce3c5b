using System.Reflection.Emit;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>A range of rules as one method for many sets of filters.</summary>
internal sealed class SharedRange
{
    private readonly DynamicMethod _method;

    /// <param name="isLast">Whether no range follows.</param>
    public SharedRange(RuleRange range, RangeTables tables, bool isLast)
    {
        _method = RuleCompiler.MethodOf(range, tables, isLast);
        Compiled = new CompiledRange(range, tables, _method.GetILGenerator().ILOffset);
    }

    public CompiledRange Compiled { get; }

    /// <summary>The method, bound to its filters and its tables. It is compiled to machine code once.</summary>
    public RuleLoop For(FilterSet filters) => RuleCompiler.Finish(_method, new CalledFilters(Compiled.Tables, filters));
}
