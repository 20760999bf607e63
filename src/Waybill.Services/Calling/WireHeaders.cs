namespace Waybill.Services.Calling;

/// <summary>What calls say beside their arguments.</summary>
internal static class WireHeaders
{
    /// <summary>How many milliseconds the caller still waits; a whole number.</summary>
    public const string Deadline = "Waybill-Deadline-Ms";

    /// <summary>Who calls, for measurements; nothing is allowed because of it.</summary>
    public const string Caller = "Waybill-Caller";
}
