using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>Public types and their members as sorted text, one member a line.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (Type type in types.OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            IEnumerable<string> members = type.IsEnum ? Values(type) : Members(type).Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        string name = type.Namespace + "." + TypeName.Of(type);
        if (type.IsEnum)
        {
            return $"public {kind} {name} : {TypeName.Of(Enum.GetUnderlyingType(type))}";
        }

        IEnumerable<Type> above = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(static i => i.IsPublic || i.IsNestedPublic);
        above = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? above.Prepend(b) : above;
        string[] names = [.. above.Select(TypeName.Of).Order(StringComparer.Ordinal)];
        return $"public {kind} {name}{(names.Length > 0 ? " : " + string.Join(", ", names) : "")}{TypeName.Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Values(Type type) =>
        Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => $"{Enum.GetName(type, v)} = {Convert.ToString(v, CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Members(Type type)
    {
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string? line = member switch
            {
                ConstructorInfo c when IsVisible(c) => $"{type.Name.Split('`')[0]}({Parameters(c)})",
                MethodInfo m when IsVisible(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) => Method(m),
                PropertyInfo p when IsVisible(p.GetMethod) || IsVisible(p.SetMethod) => Property(p),
                FieldInfo { IsSpecialName: false } f when f.IsPublic || f.IsFamily => Field(f),
                EventInfo e when IsVisible(e.AddMethod) => $"event {TypeName.Of(e.EventHandlerType!)} {e.Name}",
                _ => null,
            };
            if (line is not null && !member.Name.Contains('<', StringComparison.Ordinal))
            {
                yield return line;
            }
        }
    }

    private static bool IsVisible(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static string Method(MethodInfo m)
    {
        string generic = m.IsGenericMethod ? $"<{string.Join(", ", m.GetGenericArguments().Select(static a => a.Name))}>" : "";
        string modifier = m.IsStatic ? "static " : m.IsAbstract && !m.DeclaringType!.IsInterface ? "abstract " : m.IsVirtual && !m.IsFinal && !m.DeclaringType!.IsInterface ? (m.GetBaseDefinition() == m ? "virtual " : "override ") : "";
        string priority = m.GetCustomAttribute<OverloadResolutionPriorityAttribute>() is { } p ? $" [priority {p.Priority}]" : "";
        return $"{modifier}{TypeName.Of(m.ReturnParameter)} {m.Name}{generic}({Parameters(m)}){TypeName.Constraints(m.GetGenericArguments())}{priority}";
    }

    private static string Parameters(MethodBase method)
    {
        string extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(static p => $"{TypeName.Of(p)} {p.Name}{(p.HasDefaultValue ? " = " + Constant(p.DefaultValue, p.ParameterType) : "")}"));
    }

    private static string Property(PropertyInfo p)
    {
        bool required = p.IsDefined(typeof(RequiredMemberAttribute));
        bool init = p.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string accessors = (IsVisible(p.GetMethod) ? " get;" : "") + (IsVisible(p.SetMethod) ? init ? " init;" : " set;" : "");
        string index = p.GetIndexParameters() is { Length: > 0 } i ? $"[{string.Join(", ", i.Select(static x => $"{TypeName.Of(x)} {x.Name}"))}]" : "";
        MethodInfo accessor = p.GetMethod ?? p.SetMethod!;
        return $"{(accessor.IsStatic ? "static " : "")}{(required ? "required " : "")}{TypeName.Of(p.PropertyType)} {p.Name}{index} {{{accessors} }}";
    }

    private static string Field(FieldInfo f) => f.IsLiteral
        ? $"const {TypeName.Of(f.FieldType)} {f.Name} = {Constant(f.GetRawConstantValue(), f.FieldType)}"
        : $"{(f.IsStatic ? "static " : "")}{(f.IsInitOnly ? "readonly " : "")}{TypeName.Of(f.FieldType)} {f.Name}";

    private static string Constant(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        _ => Convert.ToString(type.IsEnum ? Enum.ToObject(type, value) : value, CultureInfo.InvariantCulture)!,
    };
}
