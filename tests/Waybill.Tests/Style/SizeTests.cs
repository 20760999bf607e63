namespace Waybill.Tests.Style;

public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int LineColumnsMax = 120;

    [Fact]
    public void Files_can_be_read_in_one_sitting()
    {
        SourceTree.AssertNone(
            $"A file of more than {FileLinesMax} lines holds more than one thing; split it:",
            from file in SourceTree.Files("*.cs", "src", "apps")
            let lines = SourceTree.Lines(file).Length
            where lines > FileLinesMax
            select $"{file}: {lines} lines");
    }

    [Fact]
    public void Lines_fit_beside_a_diff()
    {
        SourceTree.AssertNone(
            $"A line has at most {LineColumnsMax} columns:",
            from file in SourceTree.Files("*.cs", "src", "apps", "tests", "bench")
            from line in SourceTree.Lines(file).Index()
            where line.Item.Length > LineColumnsMax
            select $"{file}:{line.Index + 1}: {line.Item.Length} columns");
    }
}
