using Bookstore.Centre;
using Bookstore.Ordering;
using Bookstore.Paying;
using Bookstore.Returning;
using Waybill;

namespace Bookstore;

/// <summary>All workflows of the site: what work there is, where it can be, and where it can go from there.</summary>
public static class Topology
{
    public static IReadOnlyList<Workflow> Workflows { get; } =
    [
        Orders.Workflow, Fulfilment.Workflow, Waves.Workflow, Payments.Workflow, Settlements.Workflow,
        Receiving.Workflow, Stowing.Workflow, Returns.Workflow, Gifts.Workflow,
    ];
}

/// <summary>
/// How nodes wait for a service that is away: some five hours, a few seconds between two tries, before anything is put
/// aside for a person.
/// </summary>
internal static class Patience
{
    public const int Retries = 4000;

    public static Backoff Waits { get; } =
        Backoff.Exponential(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
}

/// <summary>
/// A customer's order, directed: it calls payments and the distribution centres, and decides on what they say.
/// </summary>
public static class Orders
{
    public static readonly Node<Order> Accept = new("accept");
    public static readonly Node<Order> Authorise = new("authorise");
    public static readonly Node<Order, PaymentAnswer> Authorised = new("authorised");
    public static readonly Node<Order> PaymentReview = new("payment-review");
    public static readonly Node<Order> Source = new("source");
    public static readonly Node<Order, BooksArrived> BackOrder = new("back-order");
    public static readonly Node<Order> Dispatch = new("dispatch");
    public static readonly Node<Order, ShipmentOutcome> Join = new("join");
    public static readonly Node<Order> Complete = new("complete");
    public static readonly Node<Order> Cancel = new("cancel");
    public static readonly Node<Order, PaymentAnswer> Cancelled = new("cancelled");

    public static readonly Signal<BooksArrived> BooksArrived = new("books-arrived");

    public static Workflow<Order, OrderOutcome> Workflow { get; } = Workflow<Order, OrderOutcome>.Named("orders")
        .StartsAt(Accept)
        .CancelsTo(Cancel)
        .CancelTooLateFrom(Complete)
        .Encrypts<Order>(order => order.Customer!.Card, order => order.OtherCard)
        .Encrypts<CardChange>(change => change.Card)
        .SearchableBy<Order>(s => s
            .Attribute("country", order => order.Customer?.Country)
            .Attribute("units", order => order.Lines.Sum(line => line.Quantity))
            .Personal("name", order => order.Customer?.Name)
            .Personal("address", order => order.Customer?.Address)
            .Subject(order => order.CustomerId))
        .Changes(CustomerChanges.Address, c => c.DecidedBy<Order>(CustomerChanges.Decide))
        .Changes(CustomerChanges.Card, c => c
            .AcceptedAt<Order>(
                [Accept, Authorise, Authorised, PaymentReview, Source, BackOrder, Dispatch], CustomerChanges.Apply)
            .TooLateFrom(Join, Complete, Cancel, Cancelled))
        .Node(Accept, n => n.RunBy<AcceptOrder>().GoesTo(Authorise)
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Looks up the customer's address and card, and the articles."))
        .Node(Authorise, n => n.Run(Ask.ToAuthorise).Calls(Payments.Workflow, Authorised)
            .Purpose("Has the order's total set aside on the card."))
        .Node(Authorised, n => n.Run(Decide.OnAuthorisation).GoesTo(Source, PaymentReview)
            .Purpose("Decides on what the card processor said."))
        .Node(PaymentReview, n => n.RunBy<ReviewPayment>().GoesTo(Authorise, Cancel)
            .Purpose("Waits for another card, or gives the order up."))
        .Node(Source, n => n.RunBy<SourceOrder>().GoesTo(Dispatch, BackOrder)
            .Retry(10, Backoff.Exponential(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1))).FailsTo(BackOrder)
            .Purpose("Chooses the centres that send it and reserves the books there."))
        .Node(BackOrder, n => n.RunBy<AwaitBooks>().GoesTo(Source).WaitsFor(BooksArrived, BackOrder)
            .Purpose("Waits until receiving says that the missing books are there."))
        .Node(Dispatch, n => n.RunBy<DispatchOrder>().Calls(Fulfilment.Workflow, Join)
            .Purpose("Hands one shipment to each centre."))
        .Node(Join, n => n.RunBy<JoinShipments>().GoesTo(Complete, Cancel)
            .Purpose("Takes in what became of all shipments."))
        .Node(Complete, n => n.Run(order => Route.Finish(OrderOutcome.Of(order.Data))).Finishes()
            .Purpose("Closes an order that was shipped in full."))
        .Node(Cancel, n => n.RunBy<CancelOrder>().Calls(Payments.Workflow, Cancelled).GoesTo(Cancelled, Complete)
            .Purpose("Releases the books and the money that the order still holds."))
        .Node(Cancelled, n => n.Run(Decide.OnVoid).GoesTo(Cancel).Finishes()
            .Purpose("Closes an order of which nothing, or only a part, was shipped."));
}

/// <summary>One shipment at one distribution centre, autonomous: each node knows where to go next.</summary>
public static class Fulfilment
{
    public static readonly Node<Shipment> Accept = new("accept");
    public static readonly Node<Shipment> Picklist = new("picklist");
    public static readonly Node<Shipment, WaveReport> Picked = new("picked");
    public static readonly Node<Shipment> Rebin = new("rebin");
    public static readonly Node<Shipment> Pack = new("pack");
    public static readonly Node<Shipment, PaymentAnswer> Charge = new("charge");
    public static readonly Node<Shipment> Ship = new("ship");
    public static readonly Node<Shipment, PaymentAnswer> PutBack = new("put-back");

    public static Workflow<Shipment, ShipmentOutcome> Workflow { get; } = Workflow<Shipment, ShipmentOutcome>
        .Named("fulfilment")
        .StartsAt(Accept)
        .CancelsTo(PutBack)
        .Changes(CustomerChanges.Address, c => c
            .AcceptedAt<Shipment>([Accept, Picklist, Picked, Rebin, Pack, Charge], CustomerChanges.Apply)
            .TooLateFrom(Ship, PutBack))
        .Changes(CustomerChanges.Card, c => c
            .AcceptedAt<Shipment>([Accept, Picklist, Picked, Rebin, Pack], CustomerChanges.Apply)
            .TooLateFrom(Charge, Ship, PutBack))
        .Node(Accept, n => n.Run(shipment => Route.To(Picklist, shipment.Data)).GoesTo(Picklist)
            .Purpose("Takes charge of the books that are reserved for the shipment."))
        .Holds(Picklist, h => h
            .GroupBy(s => $"{s.Centre}/{s.Method}")
            .Columns(s => new { s.Zone, s.PromisedBy, s.WeightGrams, s.Units })
            .ReleasesTo(Waves.Workflow, release => new Wave(release.Group, release.At), resumesAt: Picked)
            .BatchMax(24).WhenCount(24).WhenSum(s => s.WeightGrams, 20_000).WhenOldest(TimeSpan.FromSeconds(2))
            .At(TimeZoneInfo.Utc, Centres.CutOffs)
            .Purpose("Gathers shipments until a walk is worth while, or the carrier is about to leave."))
        .Node(Picked, n => n.RunBy<TakeFromWave>().GoesTo(Rebin, Pack, Picklist)
            .Purpose("Takes the shipment's books out of the wave."))
        .Node(Rebin, n => n.RunBy<RebinBooks>().Concurrency(32).GoesTo(Pack)
            .Purpose("Sorts the books of a shipment of several out of the trolley."))
        .Node(Pack, n => n.RunBy<PackParcel>().Concurrency(32).GoesTo(Charge)
            .Purpose("Packs the parcel."))
        .Step(Charge, Payments.Workflow, s => s.Sends(Ask.ToCapture).Receives(Decide.OnCapture).GoesTo(Ship, PutBack)
            .Purpose("Captures the shipment's value: the payments workflow, placed here as a plain next step."))
        .Node(Ship, n => n.RunBy<ShipParcel>().Concurrency(32).Finishes()
            .Retry(8, Backoff.Exponential(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5)))
            .Purpose("Gives the parcel to the carrier; the books leave the stock."))
        .Node(PutBack, n => n.RunBy<PutBack>().Calls(Payments.Workflow, PutBack).Finishes()
            .Purpose("Puts the books of a shipment that is called off back, and refunds what was charged."));
}

/// <summary>A walk through one centre that picks the books of many shipments.</summary>
public static class Waves
{
    public static readonly Node<Wave> Walk = new("walk");

    public static Workflow<Wave, WaveReport> Workflow { get; } = Workflow<Wave, WaveReport>
        .Named("waves")
        .StartsAt(Walk)
        .Node(Walk, n => n.RunBy<WalkShelves>().Finishes()
            .Purpose("Picks the books of all shipments of the wave, zone after zone."));
}

/// <summary>Captures that go to the card processor together.</summary>
public static class Settlements
{
    public static readonly Node<Settlement> Settle = new("settle");

    public static Workflow<Settlement, Settled> Workflow { get; } = Workflow<Settlement, Settled>
        .Named("settlements")
        .StartsAt(Settle)
        .Node(Settle, n => n.RunBy<SettleBatch>().Finishes()
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Sends the captures of one card network to the processor in one go."));
}

/// <summary>
/// One payment. Orders and returns call it; for a shipment it is the step between packing and shipping.
/// </summary>
public static class Payments
{
    public static readonly Node<Payment> Register = new("register");
    public static readonly Node<Payment> Process = new("process");
    public static readonly Node<Payment> Charging = new("charging");
    public static readonly Node<Payment, Settled> Charged = new("charged");
    public static readonly Node<Payment> CallOff = new("call-off");

    public static Workflow<Payment, PaymentAnswer> Workflow { get; } = Workflow<Payment, PaymentAnswer>
        .Named("payments")
        .StartsAt(Register)
        .Encrypts<Payment>(payment => payment.Card)
        .CancelsTo(CallOff)
        .Node(Register, n => n.Run(Decide.OnPayment).GoesTo(Process, Charging)
            .Purpose("Gives the payment the name by which the card processor will know it."))
        .Holds(Charging, h => h
            .GroupBy(p => p.Network)
            .Columns(p => new { p.Order, p.Amount.Pence })
            .ReleasesTo(Settlements.Workflow, release => new Settlement(release.Group), resumesAt: Charged)
            .BatchMax(100).WhenCount(40).WhenOldest(TimeSpan.FromMilliseconds(500))
            .Purpose("Gathers captures, to settle them with the processor by card network."))
        .Node(Charged, n => n.RunBy<BookSettled>().GoesTo(Charging).Finishes()
            .Purpose("Books the capture that was settled."))
        .Node(Process, n => n.RunBy<ProcessPayment>().Concurrency(64).Finishes()
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Asks the card processor and books its answer in the ledger."))
        .Node(CallOff, n => n.RunBy<CallOffPayment>().GoesTo(Process).Finishes()
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Makes sure that a payment that was called off takes no money."));
}

/// <summary>
/// A vendor's shipment: its articles are stowed one by one, then the orders that wait for them are told.
/// </summary>
public static class Receiving
{
    public static readonly Node<VendorShipment> Unload = new("unload");
    public static readonly Node<VendorShipment, StowedItem> Announce = new("announce");

    public static Workflow<VendorShipment, DeliveryReport> Workflow { get; } = Workflow<VendorShipment, DeliveryReport>
        .Named("receiving")
        .StartsAt(Unload)
        .Node(Unload, n => n.RunBy<UnloadDelivery>().Calls(Stowing.Workflow, Announce)
            .Purpose("Unloads a vendor's shipment and sends each article to its shelf."))
        .Node(Announce, n => n.RunBy<AnnounceBooks>().Finishes()
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Frees the back-orders that can be filled now."));
}

/// <summary>One received article on its way to its shelf.</summary>
public static class Stowing
{
    public static readonly Node<ReceivedItem> Inspect = new("inspect");
    public static readonly Node<ReceivedItem> Stow = new("stow");

    public static Workflow<ReceivedItem, StowedItem> Workflow { get; } = Workflow<ReceivedItem, StowedItem>
        .Named("stowing")
        .StartsAt(Inspect)
        .Node(Inspect, n => n.Run(Decide.OnReceivedItem).GoesTo(Stow)
            .Purpose("Sorts out what is not a delivery at all."))
        .Node(Stow, n => n.RunBy<StowItem>().Concurrency(32).Finishes()
            .Purpose("Puts the article on its shelf: it is on hand from here on."));
}

/// <summary>Books that a customer sends back, or an order that a customer wants undone.</summary>
public static class Returns
{
    public static readonly Node<GoodsReturn> Match = new("match");
    public static readonly Node<GoodsReturn> Refund = new("refund");
    public static readonly Node<GoodsReturn, PaymentAnswer> Close = new("close");

    public static Workflow<GoodsReturn, ReturnOutcome> Workflow { get; } = Workflow<GoodsReturn, ReturnOutcome>
        .Named("returns")
        .StartsAt(Match)
        .Node(Match, n => n.RunBy<MatchReturn>().GoesTo(Match, Refund).Finishes()
            .Retry(Patience.Retries, Patience.Waits)
            .Purpose("Finds what was sent; waits for, or cancels, an order that is still in flight."))
        .Node(Refund, n => n.RunBy<RefundReturn>().Calls(Payments.Workflow, Close).FailsTo(Match)
            .Purpose("Takes the books in and has the money paid back."))
        .Node(Close, n => n.Run(Decide.OnRefund).Finishes()
            .Purpose("Closes the return."));
}

/// <summary>
/// A gift that a program of somebody else's wraps, in whatever language: docs/worker-protocol.md.
/// </summary>
public static class Gifts
{
    public static readonly Node<Gift> Wrap = new("wrap");

    public static Workflow<Gift, Gift> Workflow { get; } = Workflow<Gift, Gift>
        .Named("gifts")
        .StartsAt(Wrap)
        .Node(Wrap, n => n.RunRemotely().Finishes()
            .Retry(20, Backoff.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)))
            .Purpose("Waits for whoever wraps gifts."));
}
