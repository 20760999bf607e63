namespace Waybill.Server.Tests.Work;

/// <summary>The samples in other languages, as processes, killed and paused while they work.</summary>
public sealed class SampleWorkerTests
{
    private const string ByPython = "wrapped in Python";
    private const string ByNode = "sent by JavaScript";

    [Fact]
    public async Task Nodes_in_two_languages_pass_elements_on_and_stop_when_they_are_asked_to()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await using SampleWorker wraps = SampleWorker.Start("python", site, "wrap", "--next", "send");
        await using SampleWorker sends = SampleWorker.Start("node", site, "send");

        await site.SubmitAsync(40);
        await site.AllDoneOnceAsync(ByPython, ByNode);
        await wraps.StopAsync();
        await sends.StopAsync();

        Assert.Equal((40, 40), (wraps.Count("committed"), sends.Count("committed")));
    }

    [Theory]
    [InlineData("python", ByPython)]
    [InlineData("node", ByNode)]
    public async Task What_a_killed_worker_held_is_done_by_another_and_takes_effect_once(string language, string step)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.SubmitAsync(10);
        await using SampleWorker killed = SampleWorker.Start(language, site, "wrap", "--seconds", "3600");
        await killed.SaidAsync("begins", 4);

        await killed.KillAsync();
        await using SampleWorker next = SampleWorker.Start(language, site, "wrap");
        int failed = await site.AllDoneOnceAsync(step);
        await next.StopAsync();

        Assert.True(failed >= 4, $"{failed} runs failed: each lease of the killed worker is one.");
    }

    [Theory]
    [InlineData("python", ByPython)]
    [InlineData("node", ByNode)]
    public async Task A_paused_worker_finds_its_leases_lost_and_what_it_brings_has_no_effect(
        string language, string step)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.SubmitAsync(10);
        await using SampleWorker paused = SampleWorker.Start(
            language, site, "wrap", "--seconds", "10", "--parallel", "2");
        await paused.SaidAsync("begins", 2);

        paused.Pause();
        await using SampleWorker next = SampleWorker.Start(language, site, "wrap");
        await site.AllDoneOnceAsync(step);
        paused.Continue();
        await paused.SaidAsync("leaseLost", 2);
        await paused.StopAsync();
        await next.StopAsync();

        await site.AllDoneOnceAsync(step);
        Assert.Equal(0, paused.Count("committed"));
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_finishes_what_it_has_begun()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.SubmitAsync(2);
        await using SampleWorker worker = SampleWorker.Start("python", site, "wrap", "--seconds", "1");
        await worker.SaidAsync("begins", 2);

        await worker.StopAsync();

        Assert.Equal(2, worker.Count("committed"));
        await site.AllDoneOnceAsync(ByPython);
    }
}
