using Pipeline.Nic.Consumers;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Handlers that do what none should. The program loads them out of the tests' own assembly.</summary>
public static class FaultyHandlers
{
    /// <summary>
    /// Throws out of a thread, a timer, a pool's callback, async void and a finalizer, each at most once: nothing waits for those behind the
    /// thread. Each would end the program by itself, and so would the first.
    /// </summary>
    public sealed class ThrowsElsewhere : PacketHandler
    {
        private static int _opened;

        public override void Open(HandlerContext context)
        {
            if (Interlocked.Increment(ref _opened) > 1) return;
            Threads();
            Finalized();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        public override void Consume(scoped PacketBatch batch)
        {
        }

        private static void Threads()
        {
            var thread = new Thread(() => throw new InvalidOperationException("thread"));
            thread.Start();
            thread.Join();
            ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException("pool"));
            new Timer(_ => throw new InvalidOperationException("timer")).Change(1, Timeout.Infinite);
            Async();
        }

        private static async void Async()
        {
            await Task.Yield();
            throw new InvalidOperationException("async void");
        }

        private static void Finalized() => _ = new Last();

        private sealed class Last
        {
            ~Last() => Fail();

            private static void Fail() => throw new InvalidOperationException("finalizer");
        }
    }

    /// <summary>Takes one bundle and never comes back.</summary>
    public sealed class Hangs : PacketHandler
    {
        public override void Consume(scoped PacketBatch batch)
        {
            Console.Error.WriteLine("hanging");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    /// <summary>Ends the process.</summary>
    public sealed class Exits : PacketHandler
    {
        public override void Consume(scoped PacketBatch batch) => Environment.Exit(0);
    }

    /// <summary>Cannot be made.</summary>
    public sealed class NeverOpens : PacketHandler
    {
        private static readonly int Number = int.Parse("zz", null);

        public override void Open(HandlerContext context) => context.Counter("number").Set(Number);

        public override void Consume(scoped PacketBatch batch)
        {
        }
    }
}
