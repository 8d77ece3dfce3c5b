using System.ComponentModel;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Pipeline.TestSupport;

/// <summary>What all tests of a class need, those that it inherits too (<see cref="ContractFactAttribute"/>).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Need needs) : Attribute
{
    public Need Needs { get; } = needs;
}

/// <summary>A fact that several classes inherit. It is skipped, and says why, in those that need something that is missing.</summary>
[XunitTestCaseDiscoverer("Pipeline.TestSupport.ContractFactDiscoverer", "Pipeline.TestSupport")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>Makes a test of each class out of a fact it inherits.</summary>
public sealed class ContractFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);

    private sealed class ContractCase : XunitTestCase
    {
        [EditorBrowsable(EditorBrowsableState.Never)]
        [Obsolete("Called by the framework, which makes a test out of what it wrote down.")]
        public ContractCase()
        {
        }

        public ContractCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
            : base(sink, display, options, method)
        {
        }

        protected override string? GetSkipReason(IAttributeInfo factAttribute)
        {
            var needs = TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)).FirstOrDefault();
            return needs is null ? base.GetSkipReason(factAttribute) : Missing.Of(needs.GetNamedArgument<Need>(nameof(NeedsAttribute.Needs)));
        }
    }
}
