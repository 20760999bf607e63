using System.Reflection;
using Waybill.Serialization;

namespace Waybill.Definition;

/// <summary>Finds everything that is wrong with the secret members of a site's workflows.</summary>
internal static class SecretCheck
{
    public static IEnumerable<string> Faults(IReadOnlyList<Workflow> workflows, SiteOptions options)
    {
        Workflow[] declaring = [.. workflows.Where(workflow => workflow.Parts.Secrets.Count > 0)];
        if (declaring.Length == 0)
            yield break;
        if (options.Keys is not { } keys)
        {
            yield return $"Workflow {declaring[0]} encrypts members, and there is no key ring. Set "
                + $"{nameof(options.Keys)}.";
        }
        else if (keys.Find(keys.CurrentKeyId).Length != 32)
        {
            yield return $"The key ring has no key of 32 bytes \"{keys.CurrentKeyId}\", its current one. Add it.";
        }

        CodecSet codecs = new(options.Json);
        foreach (Workflow workflow in declaring)
        {
            foreach (SecretDefinition secret in workflow.Parts.Secrets)
            {
                string what = $"Workflow {workflow} encrypts \"{secret.Text}\"";
                if (secret.Member is not { } member)
                    yield return $"{what}, which names no member. Write it like order => order.Customer.Card.";
                else if (!codecs.IsWritten(member))
                    yield return $"{what}, which is not written as JSON. Encrypt the member that is.";
            }
        }

        MemberInfo[] members = [.. declaring.SelectMany(workflow => workflow.Parts.SecretMembers)];
        foreach (string fault in workflows.SelectMany(workflow => ColumnFaults(workflow, members)))
            yield return fault;
    }

    private static IEnumerable<string> ColumnFaults(Workflow workflow, MemberInfo[] secret) =>
        from node in workflow.Parts.Nodes
        from column in node.Hold?.Columns ?? []
        where column.Members.Any(member => secret.Any(member.HasSameMetadataDefinitionAs))
        select $"Aggregation queue \"{node.Node}\" of workflow {workflow}: column \"{column.Name}\" is taken from an "
            + "encrypted member, and columns are not encrypted. Leave it out.";
}
