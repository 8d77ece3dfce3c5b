using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pipeline.TestSupport;

/// <summary>What an assembly shows to others, one line a type or member, sorted: what a user's code may be compiled against.</summary>
/// <remarks>Left out is what the compiler makes of a record by itself, because the record's own lines say it.</remarks>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().SelectMany(LinesOf).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> LinesOf(Type type)
    {
        var name = $"{type.Namespace}.{ApiNames.Declared(type)}";
        yield return $"{name} ({ApiNames.KindOf(type)}){ApiNames.Bases(type)}";
        foreach (var member in type.GetMembers(Declared))
        {
            if (Signature(member) is { } line) yield return $"{name}.{line}";
        }
    }

    private static string? Signature(MemberInfo member) => member switch
    {
        FieldInfo { DeclaringType.IsEnum: true, IsLiteral: true } value => $"{value.Name} = {Convert.ToInt64(value.GetRawConstantValue())}",
        FieldInfo field when IsVisible(field) && !field.IsSpecialName => Field(field),
        PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsVisible) && !IsGenerated(property) => Property(property),
        EventInfo @event when IsVisible(@event.AddMethod!) => $"event {@event.Name} -> {ApiNames.Of(@event.EventHandlerType!)}",
        ConstructorInfo constructor when IsVisible(constructor) && !IsGenerated(constructor) =>
            $"new({ApiNames.Parameters(constructor)})" + (constructor.IsPublic ? "" : " -> protected"),
        MethodInfo method when IsVisible(method) && !IsGenerated(method) && (!method.IsSpecialName || IsOperator(method)) =>
            $"{ApiNames.Method(method)}({ApiNames.Parameters(method)}) -> {Words(method)}{ApiNames.Returned(method)}",
        _ => null,
    };

    private static string Field(FieldInfo field)
    {
        var value = field.IsLiteral ? $" = {ApiNames.Value(field.GetRawConstantValue())}" : "";
        var words = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{field.Name}{value} -> {words}{ApiNames.Of(field)}";
    }

    private static string Property(PropertyInfo property)
    {
        var (get, set) = (property.GetMethod, property.SetMethod);
        var isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        var accessors = (get is not null && IsVisible(get) ? "get; " : "") + (set is not null && IsVisible(set) ? (isInit ? "init; " : "set; ") : "");
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{ApiNames.Parameters(index)}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{name} {{ {accessors}}} -> {required}{Words((get ?? set)!)}{ApiNames.Of(property)}";
    }

    /// <summary>What stands in front of a member's type. Behind the name, so that lines are in the order of names.</summary>
    private static string Words(MethodBase method)
    {
        var isOfInterface = method.DeclaringType!.IsInterface;
        var access = method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "";
        if (method.IsStatic) return access + "static ";
        if (method.IsAbstract) return isOfInterface ? access : access + "abstract ";
        if (method is MethodInfo info && info.GetBaseDefinition() != info) return access + (method.IsFinal ? "sealed override " : "override ");
        return method.IsVirtual && !method.IsFinal ? access + (isOfInterface ? "default " : "virtual ") : access;
    }

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name == "EqualityContract";
}
