using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Binding;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>reference.conf, the binders and the defaults in code say the same.</summary>
public class ReferenceTests
{
    private const string Sample = "  #| ";

    /// <summary>Properties that only the command line or code sets, and those that are part of another key.</summary>
    private static readonly string[] NotKeys = ["ConsumerOptions.HandlerAssembly", "ConsumerOptions.Flows", "RouteOptions.OnlySelected", "RouteOptions.MarkMask", "ConsumerOptions.SplitFolder", "ConsumerOptions.Name", "ConsumerOptions.EndsRunOnFailure", "SimulatedOptions.MostReceived", "SimulatedOptions.AllQueues", "SourceOptions.LaterFiles", "RotateOptions.LastFile", "ConsumerOptions.Print", "ConsumerOptions.IsFlushedAtOnce", "ClusterOptions.DataAt"];

    /// <summary>Consumers that the samples call by a name of their own.</summary>
    private static readonly string[] SampleNames = ["counting", "conversations", "guests", "host", "capture"];

    private static readonly Dictionary<string, string> KeysOfOtherNames = new()
    {
        ["SourceOptions.IsPromiscuous"] = "promiscuous",
        ["RotateOptions.FileBytes"] = "filesize",
        ["ConsumerOptions.SnapLength"] = "snaplen",
        ["ConsumerOptions.PrefersLocal"] = "prefer",
        ["ClusterTls.Authority"] = "ca",
        ["DashboardToken.Value"] = "token",
        ["RouteOptions.ReleasesToStack"] = "release",
    };

    [Fact]
    public void The_defaults_in_the_reference_are_those_in_code()
    {
        var (options, diagnostics) = ConfigurationLoader.Load(ConfigurationLoader.Reference());

        Assert.Empty(diagnostics);
        Assert.Equivalent(new PipelineOptions(), options);
    }

    [Fact]
    public void The_defaults_in_the_samples_of_the_reference_are_those_in_code()
    {
        var (options, diagnostics) = ConfigurationLoader.Load(WithSamples());

        Assert.All(diagnostics, d => Assert.Matches("^(no route leads to|this route fails open: while its breaker is open)", d.Message));
        Assert.Equivalent(new SimulatedOptions(), options!.Source.Sim);
        Assert.Equal(new RouteOptions { To = "counting", Mark = 0x10, MarkMask = uint.MaxValue, Breaker = new BreakerOptions() }, options.Routes[0]);
        Assert.Equal(new RouteOptions { To = "stack" }, options.Routes[1]);
        Assert.Equal(new ConsumerOptions { Name = "counting", Kind = ConsumerKind.Bypass, Handler = "count" }, options.Consumers["counting"]);
        Assert.Equal(new ConsumerOptions { Name = "conversations", Kind = ConsumerKind.Bypass, Handler = "flows", Flows = new FlowOptions() }, options.Consumers["conversations"]);
        Assert.Equal(new TransmitTarget(TransmitKind.Interface, "guest0"), options.Consumers["guests"].To);
        Assert.Equal(new ConsumerOptions { Name = "capture", Kind = ConsumerKind.AfPacket, Write = "capture.pcapng" }, options.Consumers["capture"]);
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Every_option_is_documented(string property, string key) =>
        Assert.True(Documented().ContainsKey(key), $"{property} has no key {key} in reference.conf");

    [Fact]
    public void Every_key_that_is_read_is_documented_and_no_other()
    {
        // What a route leads to and where a handler forwards to share the name `to`.
        string[] read =
        [
            "pipeline", "akka", .. AkkaBinder.Keys, .. PipelineBinder.Keys, .. SourceBinder.Keys, .. SourceBinder.PoolKeys, .. SimBinder.Keys, .. RouteBinder.Keys, .. RouteBinder.BreakerKeys, .. ConsumerBinder.Keys, .. FlowsBinder.Keys, .. RotateBinder.Keys, .. BundleBinder.Keys, .. ReleaseBinder.Keys, .. ReleaseBinder.AfterKeys,
            .. DashboardBinder.Keys, .. DashboardBinder.TlsKeys, .. TokenBinder.Keys, .. TelemetryBinder.Keys, .. TelemetryBinder.OtlpKeys, .. ClusterBinder.Keys, .. ClusterBinder.TlsKeys,
        ];

        // The sample of a capturing consumer has the name of a key.
        Assert.Equal(read.Distinct().Except(SampleNames).Order(), Documented().Keys.Except(SampleNames).Order());
    }

    [Fact]
    public void Every_key_has_a_comment_before_it()
    {
        var missing = Documented().Where(d => !d.Value.StartsWith('#')).Select(d => d.Key).Except(["pipeline", .. SampleNames]);

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_loads_without_a_complaint(string file)
    {
        var (options, diagnostics) = ConfigurationLoader.Load(Path.Combine(Repository.Root, "hocon", "examples", file), new Dictionary<string, string>(), machineFile: null);

        Assert.Empty(diagnostics);
        Assert.NotEmpty(options!.Routes);
        Assert.NotEmpty(options.Consumers);
    }

    [Fact]
    public void The_example_of_the_interface_loads()
    {
        const string Text = """
            pipeline {
              source { interface = eth0, backend = afxdp, queues = 4 }
              rules = "edge.rules"
              routes = [
                { mark = "0x10", to = dns-capture, copy = true },
                { mark = "0x20/0xf0", to = guests, balance = flow, overload = drop-new, share = 25% },
                { to = stack }
              ]
              consumers {
                dns-capture { kind = af_packet, write = "dns.pcapng", rotate { filesize = 100 MiB, files = 10 } }
                guests      { kind = bypass, handler = forward, to = "if:guest0", instances = 2 }
                stack       { kind = stack }
              }
              bundle { packets = 64, latency = 50 us }
            }
            """;

        Assert.Empty(Configurations.Findings(Text));
    }

    public static TheoryData<string> Examples() => [.. Directory.GetFiles(Path.Combine(Repository.Root, "hocon", "examples"), "*.conf").Select(f => Path.GetFileName(f)!)];

    public static TheoryData<string, string> Properties()
    {
        var data = new TheoryData<string, string>();
        Type[] types = [typeof(PipelineOptions), typeof(SourceOptions), typeof(SimulatedOptions), typeof(PoolOptions), typeof(RouteOptions), typeof(BreakerOptions), typeof(ConsumerOptions), typeof(FlowOptions), typeof(RotateOptions), typeof(BundleOptions), typeof(DashboardOptions), typeof(DashboardToken), typeof(DashboardTls), typeof(TelemetryOptions), typeof(OtlpOptions), typeof(ClusterOptions), typeof(ClusterTls)];
        foreach (var property in types.SelectMany(t => t.GetProperties().Where(p => p.GetMethod is { IsStatic: false })).Where(p => p.Name != "EqualityContract"))
        {
            var name = $"{property.DeclaringType!.Name}.{property.Name}";
            if (!NotKeys.Contains(name)) data.Add(name, KeysOfOtherNames.GetValueOrDefault(name, Kebab(property.Name)));
        }

        return data;
    }

    /// <summary>The reference with its samples of a route and of consumers in force.</summary>
    private static SourceText WithSamples() => new("samples", ConfigurationLoader.Reference().Text
        .Replace("\n  routes = []", "").Replace("\n  consumers {}", "")
        .Replace(Sample, "  ").Replace(Sample.TrimEnd() + "\n", "\n"));

    /// <summary>Every key and the line before its first mention.</summary>
    private static Dictionary<string, string> Documented()
    {
        var samples = WithSamples();
        var (root, _) = HoconReader.Read(samples);
        var keys = new Dictionary<string, string>();
        Collect(root);
        return keys;

        void Collect(HoconNode node)
        {
            if (node is HoconList list) list.Items.ToList().ForEach(Collect);
            if (node is not HoconObject fields) return;
            foreach (var field in fields.Fields)
            {
                var line = samples.PositionOf(field.KeySpan.Start).Line;
                keys.TryAdd(field.Key, line > 1 ? samples.Line(line - 1).Trim() : "");
                Collect(field.Value);
            }
        }
    }

    private static string Kebab(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
