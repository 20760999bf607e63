using System.Text.RegularExpressions;

namespace Waybill.Tests.Style;

public sealed partial class WritingTests
{
    [Fact]
    public void Relative_links_lead_somewhere()
    {
        SourceTree.AssertNone(
            "A link in a document leads to a file or folder of this repository:",
            from file in SourceTree.Files("*.md", ".")
            from line in SourceTree.Lines(file).Index()
            from Match link in RelativeLink().Matches(line.Item)
            let target = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, link.Groups["target"].Value)
            where !Path.Exists(target)
            select $"{file}:{line.Index + 1}: {link.Groups["target"].Value}");
    }

    [Fact]
    public void No_planning_notes_stand_in_the_code()
    {
        SourceTree.AssertNone(
            "What is left to do belongs in the issues, not in the code:",
            from file in SourceTree.Files("*.cs", "src", "apps", "bench")
            from line in SourceTree.Lines(file).Index()
            where PlanningNote().IsMatch(line.Item)
            select $"{file}:{line.Index + 1}: {line.Item.Trim()}");
    }

    // The target without its #anchor; addresses with a scheme and links within the page are not ours to follow.
    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)#\s]+)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex PlanningNote();
}
