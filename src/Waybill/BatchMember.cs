namespace Waybill;

/// <summary>A member of a batch, as the code of the batch's workflow sees it.</summary>
/// <param name="Id">The member.</param>
/// <param name="BusinessKey">The key that the business knows it by.</param>
/// <param name="Data">What it carries.</param>
/// <typeparam name="TMember">The data of the members.</typeparam>
public sealed record BatchMember<TMember>(ElementId Id, string BusinessKey, TMember Data);
