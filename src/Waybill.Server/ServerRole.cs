namespace Waybill.Server;

/// <summary>What a caller may do. Each role may do all that those before it may.</summary>
public enum ServerRole
{
    /// <summary>Looks: elements, tickets, queues, nodes, the ledger of changes.</summary>
    Reader = 0,

    /// <summary>Submits elements, asks for changes and cancels.</summary>
    Submitter = 1,

    /// <summary>Runs remote nodes: claims elements and says where they go.</summary>
    Worker = 2,

    /// <summary>Acts on what others submitted: sidelined and held elements, nodes.</summary>
    Operator = 3,

    /// <summary>Gives and takes keys, and reads the audit trail.</summary>
    Admin = 4,
}
