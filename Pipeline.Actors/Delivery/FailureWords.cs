using System.Reflection;
using Pipeline.Actors.Delivery.Handlers;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// Describes an exception from somebody else's code on one line: its type and its message. The members of the exception are somebody else's
/// code too, and may throw.
/// </summary>
internal static class FailureWords
{
    private const int MostCharacters = 500;

    /// <summary>The type and the message of the innermost cause. Never throws.</summary>
    public static string Of(Exception error)
    {
        var cause = Cause(error);
        return cause is HandlerThreadException or SpeechlessException ? MessageOf(cause) : $"{cause.GetType().Name}: {MessageOf(cause)}";
    }

    /// <summary>The message. An exception type of somebody else's might have none, or throw instead of returning it.</summary>
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

    /// <summary>The exception itself, or a stand-in when it throws as its text is read, which every logger does.</summary>
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

    /// <summary>The cause inside exceptions that only say that there was one.</summary>
    private static Exception Cause(Exception error)
    {
        while (error is TypeInitializationException or TargetInvocationException or AggregateException && error.InnerException is { } inner)
            error = inner;
        return error;
    }
}
