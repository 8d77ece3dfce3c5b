using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>tokens [ ]</c> of the dashboard. A token that is in a file is read here, so that what is wrong with it has a place.</summary>
internal static class TokenBinder
{
    public static readonly IReadOnlyList<string> Keys = ["name", "rights", "token", "file"];

    public static IReadOnlyList<DashboardToken> BindAll(Section dashboard)
    {
        List<DashboardToken> bound = [];
        foreach (var section in dashboard.Listed("tokens").Take(DashboardOptions.MostTokens + 1))
        {
            var found = section.Findings.Count;
            var token = Bind(section);
            if (section.Findings.Count == found) Report(section, token.Check(bound));
            bound.Add(token);
        }

        return bound;
    }

    private static DashboardToken Bind(Section section)
    {
        section.RejectUnknown(Keys);
        foreach (var missing in ((string[])["name", "rights"]).Where(k => !section.Has(k))) section.Error(section.Place, $"this token has no `{missing}`");
        if (section.Has("token") == section.Has("file")) section.Error(section.Place, "a token is written here or in a file; expected one of `token` and `file`");
        return new DashboardToken
        {
            Name = section.Read("name", Names.Reading, ""),
            Rights = [.. section.ReadList("rights", DashboardToken.RightReading).Distinct()],
            Value = section.ReadFile("file") is { } file ? Read(section, file) : section.Read("token", Texts.Any, ""),
        };
    }

    private static string Read(Section section, string file)
    {
        try
        {
            var token = TextFile.Read(file).Text.Trim();
            if (token.Length == 0) section.Error(section.PlaceOf("file"), $"{file}: the file is empty; expected a token");
            return token;
        }
        catch (InvalidInputException error)
        {
            section.Error(section.PlaceOf("file"), error.Summary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            section.Error(section.PlaceOf("file"), error.Message);
        }

        return "";
    }

    private static void Report(Section section, IEnumerable<OptionProblem> problems)
    {
        foreach (var problem in problems)
        {
            var isInFile = problem.Key == "token" && section.Has("file");
            section.Error(section.PlaceOf(isInFile ? "file" : problem.Key), problem.Message);
        }
    }
}
