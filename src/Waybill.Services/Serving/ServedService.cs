using Microsoft.Extensions.Logging;

namespace Waybill.Services.Serving;

/// <summary>What the operations of one served service share.</summary>
internal sealed record ServedService(
    object Implementation, Admission Admission, ServeOptions Options, TimeProvider Time, ILogger<ServedService> Log);
