using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

/// <summary>What a handler may not do with a batch, the compiler refuses. The codes are those of the C# compiler's messages.</summary>
public class KeptBatchTests
{
    [Fact]
    public void A_handler_that_looks_at_packets_compiles() => Assert.Empty(HandlerSource.Errors("""
        class Fine : PacketHandler
        {
            long _bytes;

            public override void Consume(scoped PacketBatch batch)
            {
                foreach (var packet in batch) _bytes += packet.Bytes.Length + packet.Mark;
                foreach (ref readonly var packet in batch.Packets) _bytes += batch.BytesOf(packet).Length;
            }
        }
        """));

    [Theory]
    [InlineData("PacketBatch _kept;", "_kept = batch;", "CS8345")]
    [InlineData("object _kept;", "_kept = batch;", "CS0029")]
    [InlineData("object _kept;", "_kept = (object)batch;", "CS0030")]
    [InlineData("PacketView _kept;", "foreach (var packet in batch) _kept = packet;", "CS8345")]
    [InlineData("System.Collections.Generic.List<PacketBatch> _kept;", "_kept.Add(batch);", "CS9244")]
    [InlineData("PacketBatch[] _kept;", "_kept[0] = batch;", "CS0611")]
    [InlineData("ReadOnlySpan<byte> _kept;", "foreach (var packet in batch) _kept = packet.Bytes;", "CS8345")]
    [InlineData("", "Action later = () => Console.Write(batch.Count);", "CS9108")]
    [InlineData("", "int Later() => batch.Count;\nLater();", "CS9108")]
    [InlineData("void Give(out PacketBatch to, scoped PacketBatch batch) => to = batch;", "", "CS8352")]
    [InlineData("PacketBatch Keep(scoped PacketBatch batch) => batch;", "", "CS8352")]
    [InlineData("PacketView First(scoped PacketBatch batch) { foreach (var p in batch) return p; return default; }", "", "CS8352")]
    [InlineData("System.Collections.Generic.IEnumerable<int> Later(scoped PacketBatch batch) { yield return batch.Count; }", "", "CS4007")]
    [InlineData("async System.Threading.Tasks.Task Later(PacketBatch batch) { await System.Threading.Tasks.Task.Yield(); }", "", "CS4012")]
    public void A_handler_that_keeps_a_batch_does_not_compile(string member, string statement, string expected)
    {
        var errors = HandlerSource.Errors($$"""
            class Keeper : PacketHandler
            {
                {{member}}

                public override void Consume(scoped PacketBatch batch)
                {
                    {{statement}}
                }
            }
            """);

        Assert.Contains(expected, errors);
    }

    [Theory]
    [InlineData("batch.Dispose();", "CS1061")]
    [InlineData("batch.Packets[0].Mark = 1;", "CS8332")]
    [InlineData("foreach (var packet in batch) packet.Bytes[0] = 1;", "CS8331")]
    [InlineData("foreach (var packet in batch) packet.Descriptor.Mark = 1;", "CS8332")]
    public void A_handler_neither_disposes_a_batch_nor_writes_on_it(string statement, string expected) =>
        Assert.Contains(expected, HandlerSource.Errors($"class Writer : PacketHandler {{ public override void Consume(scoped PacketBatch batch) {{ {statement} }} }}"));
}
