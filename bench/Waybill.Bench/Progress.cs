namespace Waybill.Bench;

/// <summary>Tells the person who waits what is going on, apart from the results.</summary>
internal static class Progress
{
    public static void Say(FormattableString what) => Console.Error.WriteLine(FormattableString.Invariant(what));
}
