namespace Waybill.Crash.Child;

/// <summary>What a wave carries besides its members.</summary>
internal sealed record Wave(int Account);

/// <summary>
/// What parcels are released into: notes each member, lets the first leave early, and ends with how many there were.
/// </summary>
internal sealed class Waves
{
    public static readonly Node<Wave> Form = new("form");
    public static readonly Node<Formed> Sail = new("sail");

    private readonly RunLog log;

    public Waves(RunLog log)
    {
        this.log = log;
        Workflow = Workflow<Wave, int>.Named("waves")
            .StartsAt(Form)
            .Node(Form, n => Workload.Patient(n).Run(RunFormAsync).GoesTo(Sail))
            .Node(Sail, n => Workload.Patient(n).Run(RunSail).Finishes());
    }

    public Workflow<Wave, int> Workflow { get; }

    private async ValueTask<Route> RunFormAsync(Element<Wave> wave, CancellationToken cancel)
    {
        log.Ran(wave);
        List<ElementId> members = [];
        await foreach (BatchMember<Parcel> member in wave.MembersAsync<Parcel>(cancel))
            members.Add(member.Id);
        return Route.To(Sail, new Formed(wave.Data.Account, members.Count))
            .MemberDone(members[0], members.Count)
            .With(Effects.Of(wave, wave.Data.Account, members.Count))
            .With(members.Select(member => Effects.Boards(wave.Id, member)));
    }

    private Route RunSail(Element<Formed> wave)
    {
        log.Ran(wave);
        return Route.Finish(wave.Data.Members).With(Effects.Of(wave, wave.Data.Account, wave.Data.Members));
    }
}

/// <summary>A wave whose members are known.</summary>
internal sealed record Formed(int Account, int Members);
