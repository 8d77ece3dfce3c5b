using System.Reflection;
using Xunit.Sdk;

namespace Pipeline.TestSupport;

/// <summary>
/// A case of a theory that is tried with <c>PIPELINE_LONG_TESTS=1</c> only: a variant of another case that takes its time. The theory must have
/// a case that is always tried.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class InlineDataWhenLongAttribute(params object?[] data) : DataAttribute
{
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) =>
        Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? [data] : [];
}
