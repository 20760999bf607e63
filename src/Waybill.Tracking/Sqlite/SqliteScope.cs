using Waybill.Tracking.Folding;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Sqlite;

/// <summary>What a pass over a SQLite store names, read row by row where it is needed.</summary>
internal sealed class SqliteScope(int site, SqliteSession session) : FoldScope(site)
{
    public override int NodeNumber(NodeAddress node) => session.Numbers.OfNode(node);

    public override SubjectKey SubjectOf(string name) => session.Subjects.Of(name);

    public override byte[]? KeyOf(long subject) => session.Subjects.KeyOf(subject);

    protected override long NextKey() => session.Elements.NextKey();

    protected override TrackedRow? Load(ElementId id) => session.Elements.Find(id);

    protected override TrackedRow? Load(long key) => session.Elements.Get(key);
}
