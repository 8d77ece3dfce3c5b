using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Links;

/// <summary>Both ends of a link in this process, over a connection on loopback.</summary>
internal static class LinkRun
{
    private const string SenderName = "link-sender";
    private const string ReceiverName = "link-receiver";

    private static readonly LinkHello Hello = new(1, 2, 1, new LinkTerms());

    public static LinkFigures Measure(int[] lengths, bool isEncrypted, double seconds)
    {
        var (dialled, accepted) = Connect(isEncrypted);
        using var receiver = new LinkReceiver(accepted, new LinkOptions { Name = ReceiverName }, new Walker());
        var sender = new LinkSender(dialled, new LinkOptions { Name = SenderName });
        var lane = sender.OpenLane(0, new PacketAccount("consumer", AccountKind.Consumer));
        using var feeder = new LinkFeeder(lengths, lane);
        Thread.Sleep(TimeSpan.FromSeconds(0.5));

        var (before, clock) = (Reading.Now(receiver), Stopwatch.StartNew());
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        var (after, elapsed) = (Reading.Now(receiver), clock.Elapsed.TotalSeconds);

        feeder.Stop();
        sender.Close((_, bundle) => bundle.Dispose());
        receiver.Dispose();
        if (!feeder.IsHome) throw new InvalidOperationException("pages did not come home");
        var gigabytes = (after.Bytes - before.Bytes) / 1e9;
        return new LinkFigures(
            gigabytes / elapsed, (after.Packets - before.Packets) / 1e6 / elapsed, (after.Sender - before.Sender) / gigabytes,
            (after.Receiver - before.Receiver) / gigabytes, (after.Feeder - before.Feeder) / gigabytes);
    }

    private static (LinkConnection Dialled, LinkConnection Accepted) Connect(bool isEncrypted)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var dialling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        dialling.Connect(listener.LocalEndPoint!);
        var (dialled, accepted) = (new WireStream(dialling), new WireStream(listener.Accept()));
        using var certificate = isEncrypted ? Certificate() : null;
        var answer = Task.Run(() => LinkConnection.Accept(accepted, Serve(accepted, certificate), Hello.ReceiverUid, Hello.Terms, _ => null));
        return (LinkConnection.Dial(dialled, Call(dialled, certificate), Hello), answer.GetAwaiter().GetResult());
    }

    private static Stream Serve(WireStream wire, X509Certificate2? certificate)
    {
        if (certificate is null) return wire;
        var stream = new SslStream(wire, leaveInnerStreamOpen: false, (_, peer, _, _) => peer?.GetCertHashString() == certificate.GetCertHashString());
        stream.AuthenticateAsServer(certificate, clientCertificateRequired: true, SslProtocols.Tls13, checkCertificateRevocation: false);
        return stream;
    }

    private static Stream Call(WireStream wire, X509Certificate2? certificate)
    {
        if (certificate is null) return wire;
        var stream = new SslStream(wire, leaveInnerStreamOpen: false, (_, peer, _, _) => peer?.GetCertHashString() == certificate.GetCertHashString());
        stream.AuthenticateAsClient("node", [certificate], SslProtocols.Tls13, checkCertificateRevocation: false);
        return stream;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>A consumer that looks at the first byte of every packet.</summary>
    private sealed class Walker : ILinkTarget
    {
        /// <summary>Keeps the compiler from leaving the look out.</summary>
        public long Sum { get; private set; }

        public PacketAccount OpenAccount(int instance) => new("consumer", AccountKind.Consumer);

        public void Take(int instance, PageBundle bundle)
        {
            foreach (ref readonly var packet in bundle.Packets) Sum += bundle.BytesOf(packet)[0];
            bundle.Dispose();
        }
    }

    /// <summary>What has been received, and the CPU seconds of the threads by now.</summary>
    private readonly record struct Reading(long Packets, long Bytes, double Sender, double Receiver, double Feeder)
    {
        public static Reading Now(LinkReceiver receiver) => new(
            receiver.Counters.Packets, receiver.Counters.Bytes, ThreadCpu.Seconds(SenderName), ThreadCpu.Seconds(ReceiverName), ThreadCpu.Seconds(LinkFeeder.ThreadName));
    }
}
