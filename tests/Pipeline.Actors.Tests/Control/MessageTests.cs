using System.Reflection;
using Akka.Actor;
using Pipeline.Actors.Control;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Generations;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>What is asked from outside, what answers it, and what authority and agents tell each other is data, and could be sent anywhere.</summary>
public sealed class MessageTests
{
    private static readonly Type[] OfThisProcess = [typeof(Task), typeof(Delegate), typeof(Exception), typeof(IActorRef), typeof(WaitHandle), typeof(Stream), typeof(TextWriter)];

    public static TheoryData<Type> Messages =>
    [
        .. typeof(RootProtocol).GetNestedTypes().Where(t => t.IsAssignableTo(typeof(RootProtocol.Order))),
        .. typeof(RuleProtocol).GetNestedTypes().Where(t => t.IsAssignableTo(typeof(RuleProtocol.Request))),
        typeof(RootProtocol.Drain), typeof(RootProtocol.Abort), typeof(OrderAnswer),
        typeof(RuleProtocol.Answer), typeof(RuleProtocol.Build), typeof(RuleProtocol.Built), typeof(RuleProtocol.Broken),
        typeof(RuleProtocol.PutInForce), typeof(RuleProtocol.InForce), typeof(RuleProtocol.Changed),
        typeof(ConsumerProtocol.TakeReport), typeof(ConsumerProtocol.Report),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_carries_nothing_that_means_something_in_this_process_alone(Type message) => Assert.Empty(Strangers(message, []));

    [Fact]
    public void A_message_that_carries_a_promise_would_be_found() => Assert.NotEmpty(Strangers(typeof(Nested), []));

    /// <summary>The places within a type, or what it holds, where something of this process is kept.</summary>
    private static IEnumerable<string> Strangers(Type type, HashSet<Type> seen)
    {
        if (type.IsPrimitive || !seen.Add(type)) return [];
        if (IsStranger(type)) return [type.Name];
        if (type.HasElementType) return Strangers(type.GetElementType()!, seen);
        var held = type.GetGenericArguments().Concat(type.Namespace?.StartsWith("Pipeline", StringComparison.Ordinal) == true ? FieldsOf(type) : []);
        return [.. held.SelectMany(t => Strangers(t, seen)).Select(place => $"{type.Name}.{place}")];
    }

    private static bool IsStranger(Type type) =>
        OfThisProcess.Any(type.IsAssignableTo) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TaskCompletionSource<>));

    private static IEnumerable<Type> FieldsOf(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(f => f.FieldType)
        .Concat(type.BaseType is { } above ? FieldsOf(above) : []);

    private sealed record Promise(TaskCompletionSource<bool> Answer);

    private sealed record Nested(IReadOnlyList<Promise> All);
}
