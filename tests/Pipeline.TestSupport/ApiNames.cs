using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pipeline.TestSupport;

/// <summary>Types and parameters as C# writes them, without namespaces, with the marks of what may be null.</summary>
internal static class ApiNames
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    /// <summary>A type's own name, behind those of the types around it.</summary>
    public static string Declared(Type type)
    {
        var outer = type.DeclaringType is { } around ? Declared(around) + "." : "";
        var own = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(a => a.Name).ToList();
        return outer + Plain(type) + (own.Count > 0 ? $"<{string.Join(", ", own)}>" : "");
    }

    public static string KindOf(Type type)
    {
        if (type.IsEnum) return type.IsDefined(typeof(FlagsAttribute)) ? "flags" : "enum";
        if (type.IsInterface) return "interface";
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        var record = type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is null ? "" : "record ";
        if (type.IsValueType)
            return (type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + record + "struct";
        var words = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return words + (record.Length > 0 ? "record" : "class");
    }

    /// <summary>What it derives from and what it implements of itself, less what every record and every enum has.</summary>
    public static string Bases(Type type)
    {
        if (type.IsEnum) return $" : {Of(Enum.GetUnderlyingType(type))}";
        var above = type.BaseType is { } of && of != typeof(object) && of != typeof(ValueType) ? [of] : Type.EmptyTypes;
        var all = type.GetInterfaces();
        var own = all.Except(above.SelectMany(a => a.GetInterfaces())).Except(all.SelectMany(i => i.GetInterfaces())).Where(i => i.IsVisible)
            .Where(i => !(i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEquatable<>) && i.GenericTypeArguments[0] == type));
        var names = above.Select(Of).Concat(own.Select(Of).Order(StringComparer.Ordinal)).ToList();
        return names.Count > 0 ? $" : {string.Join(", ", names)}" : "";
    }

    public static string Of(Type type) => Of(type, null);

    public static string Of(FieldInfo field) => Of(field.FieldType, Nullability.Create(field));

    public static string Of(PropertyInfo property) => Of(property.PropertyType, Nullability.Create(property));

    public static string Returned(MethodInfo method) => Of(method.ReturnType, Nullability.Create(method.ReturnParameter));

    public static string Method(MethodInfo method) =>
        method.Name + (method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "");

    public static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    public static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(Parameter));

    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool yes => yes ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var isOfExtension = parameter.Position == 0 && parameter.Member.IsDefined(typeof(ExtensionAttribute));
        var words = (isOfExtension ? "this " : "") + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            + (parameter.IsDefined(typeof(ScopedRefAttribute)) ? "scoped " : "");
        var fallback = parameter.HasDefaultValue ? $" = {Default(parameter, type)}" : "";
        return $"{words}{way}{Of(type, Nullability.Create(parameter))} {parameter.Name}{fallback}";
    }

    private static string Default(ParameterInfo parameter, Type type)
    {
        var value = parameter.RawDefaultValue;
        if (value is null) return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null";
        return type.IsEnum ? Enum.ToObject(type, value).ToString()! : Value(value);
    }

    private static string Of(Type type, NullabilityInfo? info)
    {
        if (type.IsByRef) return "ref " + Of(type.GetElementType()!, info);
        if (type.IsPointer) return Of(type.GetElementType()!) + "*";
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value, info is { GenericTypeArguments: [var inner] } ? inner : null) + "?";
        var mark = !type.IsValueType && info?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray) return Of(type.GetElementType()!, info?.ElementType) + "[]" + mark;
        if (Keywords.TryGetValue(type, out var keyword)) return keyword + mark;
        if (type.IsGenericParameter) return type.Name + mark;
        var arguments = type.GenericTypeArguments;
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) ?? false) return $"({Arguments(arguments, info)})";
        var outer = type.DeclaringType is { } around ? Plain(around) + "." : "";
        return outer + Plain(type) + (arguments.Length > 0 ? $"<{Arguments(arguments, info)}>" : "") + mark;
    }

    private static string Arguments(Type[] arguments, NullabilityInfo? info) =>
        string.Join(", ", arguments.Select((a, i) => Of(a, i < info?.GenericTypeArguments.Length ? info.GenericTypeArguments[i] : null)));

    private static string Plain(Type type) => type.Name.IndexOf('`') is >= 0 and var tick ? type.Name[..tick] : type.Name;
}
