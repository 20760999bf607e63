using System.Diagnostics;
using System.Text.RegularExpressions;
using Waybill.Server.Callbacks;

namespace Waybill.Server.Tests.Callbacks;

public sealed partial class ReceiverPageTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("{}", 1_000_000_100, "True")]
    [InlineData("[]", 1_000_000_100, "False")]
    [InlineData("{}", 1_000_000_301, "False")]
    public async Task What_the_page_tells_receivers_accepts_what_is_genuine(string body, long now, string expected)
    {
        string signature = CallbackSecret.Sign("evt_1", 1_000_000_000, "{}"u8, [CallbackSecret.New(), Secret]);
        string headers = "{'webhook-id': 'evt_1', 'webhook-timestamp': '1000000000', "
            + $"'webhook-signature': '{signature}'}}";

        string printed = await PythonAsync(
            $"{CodeOfThePage()}\nprint(is_genuine('{Secret}', {headers}, b'{body}', {now}))\n");

        Assert.Equal(expected, printed.Trim());
    }

    private static string CodeOfThePage()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "callbacks.md"));
        string code = PythonBlock().Match(page).Groups["code"].Value;
        return string.Join('\n', code.Split('\n').Select(Unindented));

        static string Unindented(string line) => line.StartsWith("   ", StringComparison.Ordinal) ? line[3..] : line;
    }

    private static async Task<string> PythonAsync(string code)
    {
        ProcessStartInfo start = new("python3", ["-c", code])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process python = Process.Start(start)!;
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string printed = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return printed + await errors;
    }

    [GeneratedRegex("```python\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex PythonBlock();
}
