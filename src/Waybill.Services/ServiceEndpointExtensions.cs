using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;
using Waybill.Services.Serving;

namespace Waybill.Services;

/// <summary>Serves services over HTTP.</summary>
public static class ServiceEndpointExtensions
{
    /// <summary>
    /// Serves a contract at <c>POST /services/{name}/v{version}/{operation}</c>, and to callers in this process.
    /// Requests may carry an <c>Idempotency-Key</c>, which is kept in the site's store (<c>AddTickets</c>); without a
    /// site, only operations that are declared idempotent take one.
    /// </summary>
    /// <param name="routes">The web application.</param>
    /// <param name="setup">Changes the limits.</param>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <typeparam name="TImplementation">
    /// Taken from the host's services, else made from them now. One object for all calls: it must be thread-safe.
    /// </typeparam>
    /// <returns>
    /// All routes of the service, to require authorization of, for instance. Each operation carries a
    /// <see cref="ContractDescription"/> and its <see cref="OperationDescription"/> as metadata.
    /// </returns>
    /// <exception cref="ContractException">It is no contract; with everything that is wrong.</exception>
    /// <exception cref="ArgumentException">The limits cannot be; with everything that is wrong.</exception>
    /// <exception cref="InvalidOperationException">
    /// This process serves it already, or the host's services lack <c>AddServiceCalls</c>; or, for asynchronous
    /// operations, <c>AddTickets</c>, or the implementation its <see cref="StartsAttribute"/>.
    /// </exception>
    public static IEndpointConventionBuilder MapService<TContract, TImplementation>(
        this IEndpointRouteBuilder routes, Action<ServeOptions>? setup = null)
        where TContract : class
        where TImplementation : class, TContract
    {
        ServeOptions options = new();
        setup?.Invoke(options);
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(setup));
        ServiceContract contract = ServiceContract.Of(typeof(TContract));
        IServiceProvider services = routes.ServiceProvider;
        LocalServices local = services.GetService<LocalServices>() ?? throw new InvalidOperationException(
            $"{contract} cannot be served: call AddServiceCalls or AddServiceClient on the host's services first.");
        TImplementation implementation = services.GetService<TImplementation>()
            ?? ActivatorUtilities.CreateInstance<TImplementation>(services);
        local.ServeOverHttp<TContract>(implementation);
        ServedService served = new(
            implementation,
            new Admission(options),
            options,
            TicketsOf(contract, services),
            services.GetService<IdempotencyDesk>(),
            services.GetRequiredService<CallMeter>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ServedService>>());
        RouteGroupBuilder group = routes.MapGroup($"/services/{contract.Name}/v{contract.Version}");
        group.WithTags(contract.Name);
        ContractDescription description = ContractDescription.Of<TContract>();
        foreach (OperationContract operation in contract.Operations)
            MapOperation(group, operation, served).IsDescribed(operation, description);
        if (contract.Tickets is { } tickets)
            MapTicketDesk(group, tickets, served, services);
        return group;
    }

    // With room of their own: those who wait for tickets must not take it from those who call.
    private static void MapTicketDesk(
        RouteGroupBuilder group, ServiceContract tickets, ServedService served, IServiceProvider services)
    {
        ServeOptions room = new() { ConcurrencyMax = services.GetRequiredService<TicketOptions>().WaitersMax };
        ServedService desk = served with
        {
            Implementation = services.GetRequiredService<TicketDesks>().Of(
                TicketScope.Of(served.Implementation.GetType())),
            Admission = new Admission(room),
            Options = room,
            Tickets = null,
            Keys = null,
        };
        foreach (OperationContract operation in tickets.Operations)
            MapOperation(group, operation, desk);
    }

    private static IEndpointConventionBuilder MapOperation(
        RouteGroupBuilder group, OperationContract operation, ServedService served) =>
        group.MapPost(operation.Name, new OperationHandler(operation, served).HandleAsync);

    /// <summary>
    /// What it says of itself to those who describe the host's endpoints. ASP.NET Core's own explorer looks only at
    /// endpoints with a method, and its own reading of types is not what is on the wire: the contract's description is.
    /// </summary>
    private static void IsDescribed(
        this IEndpointConventionBuilder endpoint, OperationContract operation, ContractDescription description) =>
        endpoint
            .WithName($"{description.Service}.v{description.Version}.{operation.Name}")
            .WithSummary(operation.Summary)
            .WithMetadata(
                OperationHandler.Method,
                description,
                description.Operations.Single(one => one.Name == operation.Name));

    private static Tickets? TicketsOf(ServiceContract contract, IServiceProvider services) =>
        contract.Operations.FirstOrDefault(operation => operation.TicketType is not null) is not { } asynchronous
            ? null
            : services.GetService<Tickets>() ?? throw new InvalidOperationException(
                $"{asynchronous} is answered with a ticket: call AddTickets on the host's services, and MapTickets.");
}
