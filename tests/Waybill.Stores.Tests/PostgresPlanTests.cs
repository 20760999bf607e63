using System.Reflection;
using System.Runtime.CompilerServices;
using Npgsql;
using Waybill.Postgres;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Postgres.Hops;

namespace Waybill.Stores.Tests;

/// <summary>
/// Plans are made when a statement first runs and kept. The worst moment is a site that has been drained and vacuumed:
/// the planner then believes that going through a whole table costs nothing.
/// </summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresPlanTests(SharedPostgres shared)
{
    // Read whole on purpose: they have a row for each process, or are read by the row in their order.
    private static readonly string[] Small = ["worker", "worker_pkey", "place_owned"];

    [Fact]
    public async Task Statements_that_are_planned_while_tables_are_empty_still_look_rows_up()
    {
        SiteSchema schema = new(shared.NextSchema());
        string connection = shared.Server.ConnectionString();
        await using PostgresStore store =
            new(connection, new PostgresStoreOptions { Schema = schema.Name, AllowsLossOnCrash = true });
        await store.OpenAsync(CancellationToken.None);
        HeldQueue queue = new(
            new NodeAddress("orders", 1, "picklist"),
            [new("zone", HeldType.Text), new("weight", HeldType.Number), new("promisedBy", HeldType.Instant)],
            _ => throw new InvalidOperationException("Nothing is held."));
        await store.Held.DeclareAsync([queue], CancellationToken.None);
        await using NpgsqlConnection session = new(
            new NpgsqlConnectionStringBuilder(connection) { Options = DataSources.PlannerSettings }.ConnectionString);
        await session.OpenAsync();
        await ReadAsync(session, "vacuum analyze");
        await ReadAsync(session, schema.Place("select nextval('waybill.number')"));

        List<string> culprits = [];
        foreach (string statement in Statements(schema).Concat(Statements(new HeldTable(schema, 1, queue))))
        {
            await ReadAsync(session, $"prepare looked_at as {statement}");
            int arguments = Enumerable.Range(1, 40).TakeWhile(n => statement.Contains($"${n}")).Count();
            string values = arguments == 0 ? "" : $"({string.Join(',', Enumerable.Repeat("null", arguments))})";
            List<string> plan = await ReadAsync(session, $"explain (costs off) execute looked_at{values}");
            await ReadAsync(session, "deallocate looked_at");
            culprits.AddRange(plan.Where((line, i) => ReadsAll(line, plan.ElementAtOrDefault(i + 1)))
                .Select(line => $"{line.Trim()}\n{statement}"));
        }

        Assert.True(culprits.Count == 0, string.Join("\n\n", culprits));
    }

    private static bool ReadsAll(string line, string? next) =>
        (line.Contains("Index Scan") || line.Contains("Index Only Scan") || line.Contains("Seq Scan"))
        && next?.Contains("Index Cond") != true
        && !Small.Any(name => $"{line} ".Contains($" {name} "));

    // Every statement stands in a field of one of the classes that take the schema.
    private static IEnumerable<string> Statements(SiteSchema schema)
    {
        const BindingFlags fields = BindingFlags.Instance | BindingFlags.NonPublic;
        foreach (Type type in typeof(PostgresStore).Assembly.GetTypes())
        {
            if (type.Namespace is not ("Waybill.Postgres.Hops" or "Waybill.Postgres.Held" or "Waybill.Postgres.Ledger")
                || type == typeof(HeldTable) || type.IsDefined(typeof(CompilerGeneratedAttribute)))
                continue;
            ConstructorInfo? make = type.GetConstructors().SingleOrDefault(constructor =>
                constructor.GetParameters() is [{ ParameterType: Type first }, ..] && first == typeof(SiteSchema));
            if (make is null)
                continue;
            object made = make.Invoke([schema, .. make.GetParameters().Skip(1).Select(_ => (object?)null)]);
            foreach (FieldInfo field in type.GetFields(fields))
            {
                foreach (string statement in field.GetValue(made) switch
                {
                    string one => [one],
                    string[] several => several,
                    _ => Array.Empty<string>(),
                })
                    yield return statement;
            }
        }
    }

    private static IEnumerable<string> Statements(HeldTable table) =>
        [table.Insert, table.Update, table.HopsInto(PlainHops.EnqueueInto), table.Accepts(Intake.AcceptInto)];

    private static async Task<List<string>> ReadAsync(NpgsqlConnection session, string sql)
    {
        List<string> rows = [];
        await using NpgsqlCommand command = new(sql, session);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add($"{reader.GetValue(0)}");
        return rows;
    }
}
