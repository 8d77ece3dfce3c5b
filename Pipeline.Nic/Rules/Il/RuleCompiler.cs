using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Compiles rules and filters to methods. Dynamic methods are optimised at once, and collected with the delegate.</summary>
internal static class RuleCompiler
{
    /// <param name="tables">The tables that the range's code reads. The delegate holds them.</param>
    /// <param name="isLast">Whether no range follows.</param>
    /// <param name="ilBytes">Bytes of IL emitted.</param>
    /// <param name="isFlat">Whether packets are looked up and written without a branch. Only for one table and without guards.</param>
    public static RuleLoop Compile(RuleRange range, RangeTables tables, bool isLast, out int ilBytes, bool isFlat = false)
    {
        var method = MethodOf(range, tables, isLast, isFlat);
        ilBytes = method.GetILGenerator().ILOffset;
        return Finish(method, tables);
    }

    /// <summary>
    /// The method for a range, not bound yet. It must be bound to an object that holds the tables. If it calls filters, that object must be
    /// a <see cref="CalledFilters"/>.
    /// </summary>
    public static DynamicMethod MethodOf(RuleRange range, RangeTables tables, bool isLast, bool isFlat = false)
    {
        var method = NewMethod($"rules_{range.First + 1}_to_{range.End}");
        new RangeEmitter(new IlBody(method.GetILGenerator()), range, tables, isLast, isFlat).Emit();
        return method;
    }

    /// <summary>
    /// A method that sets <see cref="PacketFlags.Selected"/> on the packets that a filter matches, clears it on the others, and returns how
    /// many match.
    /// </summary>
    public static RuleLoop Compile(CbpfProgram filter)
    {
        var method = NewMethod("filter");
        new FilterEmitter(new IlBody(method.GetILGenerator())).Emit(filter);
        return Finish(method, filter);
    }

    /// <summary>A method that reads one word of each packet, and returns their sum.</summary>
    public static RuleLoop CompileTouch(int offset)
    {
        var method = NewMethod("touch");
        new TouchEmitter(new IlBody(method.GetILGenerator())).Emit(offset);
        return Finish(method, new object());
    }

    /// <summary>The code that would be emitted for one rule, for people to read: its question, without the loop around it.</summary>
    public static string ListingOf(MarkRule rule, CbpfProgram? filter)
    {
        var listing = new StringBuilder();
        var range = RulePlanner.Plan([rule], 1, [filter], GuardConditions.None, LinkType.Ethernet)[0];
        var tables = new RangeTables(range, RangeTables.MarksOf([rule]), 1, GuardConditions.None);
        new RangeEmitter(new IlBody(NewMethod("listing").GetILGenerator(), listing), range, tables, isLast: true).EmitQuestions();
        return listing.ToString();
    }

    /// <summary>Binds a method. It is compiled to machine code now, and not when the first packet waits for it.</summary>
    public static RuleLoop Finish(DynamicMethod method, object target)
    {
        var loop = method.CreateDelegate<RuleLoop>(target);
        RuntimeHelpers.PrepareDelegate(loop);
        return loop;
    }

    private static DynamicMethod NewMethod(string name) =>
        new(name, typeof(int), LoopEmitter.Parameters, typeof(RuleCompiler).Module, skipVisibility: true);
}
