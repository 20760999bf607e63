namespace Waybill;

/// <summary>
/// A node's code returned something that the engine cannot carry out. No retry can mend it, so the element is sidelined
/// at once.
/// </summary>
public sealed class RouteException : Exception
{
    internal const string KeyMissing = "waybill.key-missing";
    internal const string SecretUnreadable = "waybill.secret-unreadable";
    internal const string SecretMasked = "waybill.secret-masked";

    internal RouteException(string code, string message)
        : base(message) => Code = code;

    /// <summary>
    /// A stable name: <c>waybill.undeclared-exit</c>, <c>waybill.no-route</c>, <c>waybill.batch-size</c>,
    /// <c>waybill.wrong-result</c>, <c>waybill.data-too-large</c>, <c>waybill.data-unreadable</c>,
    /// <c>waybill.held-row</c>, <c>waybill.store-refused</c>, <c>waybill.key-missing</c>,
    /// <c>waybill.secret-unreadable</c> or <c>waybill.secret-masked</c>.
    /// </summary>
    public string Code { get; }
}
