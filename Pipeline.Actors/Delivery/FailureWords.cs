using System.Reflection;
using Pipeline.Actors.Delivery.Handlers;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// An exception that somebody else's code threw, on one line: what it is and what it says. Its own members are somebody else's code too.
/// </summary>
internal static class FailureWords
{
    private const int MostCharacters = 500;

    /// <summary>The type and the message of what is behind it all; never throws.</summary>
    public static string Of(Exception error)
    {
        var cause = Cause(error);
        return cause is HandlerThreadException or SpeechlessException ? MessageOf(cause) : $"{cause.GetType().Name}: {MessageOf(cause)}";
    }

    /// <summary>The message, which an exception of one's own may not have, or may throw instead of giving.</summary>
    public static string MessageOf(Exception error)
    {
        try
        {
            var words = (error.Message ?? "").ReplaceLineEndings(" ");
            return words.Length <= MostCharacters ? words : words[..MostCharacters] + "...";
        }
        catch
        {
            return "(it cannot say what)";
        }
    }

    /// <summary>The exception, or one in its place where it throws when it is asked what it says, which everybody who logs it does.</summary>
    public static Exception Speakable(Exception error)
    {
        try
        {
            return error.ToString() is null || error.Message is null ? new SpeechlessException(error.GetType()) : error;
        }
        catch
        {
            return new SpeechlessException(error.GetType());
        }
    }

    /// <summary>What is inside of exceptions that only say that there was one.</summary>
    private static Exception Cause(Exception error)
    {
        while (error is TypeInitializationException or TargetInvocationException or AggregateException && error.InnerException is { } inner) error = inner;
        return error;
    }
}
