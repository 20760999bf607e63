using Waybill.Services.Contracts;

namespace Waybill.Services.Tests
{
    public sealed class ContractFaultTests
    {
        [Fact]
        public void All_faults_of_a_contract_are_told_at_once()
        {
            ContractException wrong = Assert.Throws<ContractException>(() => ServiceContract.Of(typeof(IWrong)));

            Assert.Collection(
                wrong.Faults.Order(StringComparer.Ordinal),
                fault => Assert.StartsWith("\"Wrong Name\" cannot be the name of a service", fault),
                fault => Assert.StartsWith("2 methods are operation \"twice\"", fault),
                fault => Assert.StartsWith("At: DateTime leaves open", fault),
                fault => Assert.StartsWith("ChangeAsync: Changeable.Name can be set", fault),
                fault => Assert.StartsWith("Hedged: HedgeAfterMs asks two endpoints", fault),
                fault => Assert.StartsWith("ListAsync: List`1 is no read-only list", fault),
                fault => Assert.StartsWith("Now returns Int32", fault),
                fault => Assert.StartsWith("Row: Waybill.Behind.StockRow stands outside", fault),
                fault => Assert.StartsWith("Soon: the cancellation token is not the last", fault),
                fault => Assert.StartsWith("Version 0 is not a version", fault));
        }

        [Fact]
        public void An_interface_needs_its_attribute()
        {
            ContractException wrong = Assert.Throws<ContractException>(() => ServiceContract.Of(typeof(IDisposable)));

            Assert.Contains("It has no [Service] attribute", wrong.Message);
        }

        [Theory]
        [InlineData("StockOfAsync", "stock-of")]
        [InlineData("FindByISBNAsync", "find-by-isbn")]
        [InlineData("Async", "async")]
        [InlineData("Put2Async", "put2")]
        public void Operations_are_named_after_their_methods(string method, string operation) =>
            Assert.Equal(operation, OperationNames.KebabCase(method));

        [Service("Wrong Name", Version = 0)]
        private interface IWrong
        {
            int Now();

            Task Twice(int i);

            Task TwiceAsync(string s);

            Task<DateTime> At();

            Task<List<int>> ListAsync();

            Task ChangeAsync(Changeable it);

            Task Row(Waybill.Behind.StockRow row);

            Task Soon(CancellationToken first, CancellationToken second);

            [Operation(HedgeAfterMs = 5)]
            Task Hedged();
        }

        private sealed class Changeable
        {
            public string Name { get; set; } = "";
        }
    }
}

namespace Waybill.Behind
{
    public sealed record StockRow(int Id);
}
