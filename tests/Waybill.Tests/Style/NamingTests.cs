using System.Text.RegularExpressions;

namespace Waybill.Tests.Style;

public sealed partial class NamingTests
{
    // A node with replies is a node too, and plain nodes are made by everyone.
    private static readonly string[] Open = ["class Node<TData> : Node"];

    private static readonly string[] Code = ["src", "apps", "tests", "bench"];

    // One word of a PascalCase name: OrderHelpers is caught, Commonwealth is not.
    private const string Empty = "(Common|Helpers?|Utils?|Utility|Utilities|Managers?)(?![a-z])";

    [Fact]
    public void Types_are_named_after_what_they_are()
    {
        SourceTree.AssertNone(
            "A name that fits any type says nothing; name the thing:",
            from file in SourceTree.Files("*.cs", Code)
            from line in SourceTree.Lines(file)
            from Match type in EmptyTypeName().Matches(line)
            select $"{file}: {type.Groups["name"].Value}");
    }

    [Fact]
    public void Folders_and_files_are_named_after_what_they_hold()
    {
        SourceTree.AssertNone(
            "A folder or file that could hold anything soon does; name the thing:",
            SourceTree.Files("*", Code).Where(file => EmptyWord().IsMatch(file)));
    }

    [Fact]
    public void Public_classes_say_whether_they_are_made_to_be_inherited()
    {
        SourceTree.AssertNone(
            "A public class or record is sealed, abstract or static:",
            from file in SourceTree.Files("*.cs", "src")
            from line in SourceTree.Lines(file).Index()
            where PublicClass().IsMatch(line.Item) && !StatedInheritance().IsMatch(line.Item)
                && !Open.Any(line.Item.Contains)
            select $"{file}:{line.Index + 1}: {line.Item.Trim()}");
    }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+(?<name>\w*" + Empty + @"\w*)")]
    private static partial Regex EmptyTypeName();

    [GeneratedRegex(Empty)]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"^\s*public\s+([a-z]+\s+)*(class|record(?!\s+struct))\s")]
    private static partial Regex PublicClass();

    [GeneratedRegex(@"\b(sealed|abstract|static)\b.*\b(class|record)\b")]
    private static partial Regex StatedInheritance();
}
