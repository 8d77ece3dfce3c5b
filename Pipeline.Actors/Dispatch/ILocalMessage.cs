using Akka.Actor;

namespace Pipeline.Actors.Dispatch;

/// <summary>Messages that never leave the process.</summary>
internal interface ILocalMessage : INoSerializationVerificationNeeded;
