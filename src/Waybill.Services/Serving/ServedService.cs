using Microsoft.Extensions.Logging;
using Waybill.Services.Asynchronous;
using Waybill.Services.Measuring;

namespace Waybill.Services.Serving;

/// <summary>What the operations of one served service share.</summary>
internal sealed record ServedService(
    object Implementation,
    Admission Admission,
    ServeOptions Options,
    Tickets? Tickets,
    IdempotencyDesk? Keys,
    CallMeter Meter,
    TimeProvider Time,
    ILogger<ServedService> Log);
