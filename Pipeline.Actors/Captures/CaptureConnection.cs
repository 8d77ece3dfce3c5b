using System.Net;

namespace Pipeline.Actors.Captures;

/// <summary>TCP connections to and from an endpoint.</summary>
/// <param name="At">The endpoint. The address 0.0.0.0 or :: stands for any.</param>
/// <param name="With">The other end; null for all of them.</param>
public sealed record CaptureConnection(IPEndPoint At, IPEndPoint? With = null);
