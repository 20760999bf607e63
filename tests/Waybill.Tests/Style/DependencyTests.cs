using System.Xml.Linq;

namespace Waybill.Tests.Style;

public sealed class DependencyTests
{
    // What each project may use. A new project says here where it stands.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Waybill"] = [],
        ["Waybill.Sqlite"] = ["Waybill"],
        ["Waybill.Postgres"] = ["Waybill"],
        ["Waybill.Tracking"] = ["Waybill"],
        ["Waybill.Services"] = ["Waybill"],
        ["Waybill.Server"] = ["Waybill", "Waybill.Services"],
        ["Waybill.Testing"] = ["Waybill"],
        ["Bookstore"] =
        [
            "Waybill", "Waybill.Sqlite", "Waybill.Postgres", "Waybill.Tracking", "Waybill.Services", "Waybill.Server",
        ],
    };

    [Fact]
    public void Projects_use_only_those_that_stand_above_them()
    {
        SourceTree.AssertNone(
            "A project may use only what DependencyTests.Allowed lists for it:",
            from file in SourceTree.Files("*.csproj", "src", "apps")
            let project = Path.GetFileNameWithoutExtension(file)
            from used in References(file, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path))
            where !Allowed.GetValueOrDefault(project, []).Contains(used)
            select $"{project} uses {used}");
    }

    [Fact]
    public void Every_shipped_project_has_its_place()
    {
        string[] projects =
            [.. SourceTree.Files("*.csproj", "src", "apps").Select(file => Path.GetFileNameWithoutExtension(file))];

        SourceTree.AssertNone(
            "DependencyTests.Allowed and the projects of src/ and apps/ must name the same:",
            projects.Except(Allowed.Keys).Concat(Allowed.Keys.Except(projects)));
    }

    [Fact]
    public void The_engine_needs_nothing_but_abstractions()
    {
        string[] allowed =
        [
            "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options",
        ];

        SourceTree.AssertNone(
            "The engine can be used anywhere only while it needs nothing but abstractions:",
            References("src/Waybill/Waybill.csproj", "PackageReference")
                .Concat(References("src/Waybill/Waybill.csproj", "FrameworkReference"))
                .Except(allowed));
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Repository.Root, project)).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));
}
