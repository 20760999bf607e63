using Waybill.Server.Callbacks;

namespace Waybill.Server.Tests.Callbacks;

public sealed class SignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    // The example that Standard Webhooks' own libraries are tested with.
    [Fact]
    public void A_signature_is_that_of_Standard_Webhooks()
    {
        string signature = CallbackSecret.Sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8, [Secret]);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void There_is_one_signature_for_each_secret()
    {
        string both = CallbackSecret.Sign("evt_1", 1, "{}"u8, [CallbackSecret.New(), Secret]);

        string[] parts = both.Split(' ');
        Assert.Equal(2, parts.Distinct().Count());
        Assert.Equal(CallbackSecret.Sign("evt_1", 1, "{}"u8, [Secret]), parts[1]);
    }

    [Fact]
    public void Id_time_and_body_are_all_signed()
    {
        string[] signatures =
        [
            CallbackSecret.Sign("evt_1", 1, "{}"u8, [Secret]), CallbackSecret.Sign("evt_2", 1, "{}"u8, [Secret]),
            CallbackSecret.Sign("evt_1", 2, "{}"u8, [Secret]), CallbackSecret.Sign("evt_1", 1, "[]"u8, [Secret]),
        ];

        Assert.Equal(4, signatures.Distinct().Count());
    }

    [Fact]
    public void New_secrets_have_32_bytes_and_are_not_the_same()
    {
        string one = CallbackSecret.New();

        Assert.StartsWith("whsec_", one);
        Assert.Equal(32, Convert.FromBase64String(one["whsec_".Length..]).Length);
        Assert.NotEqual(one, CallbackSecret.New());
    }

    [Fact]
    public void Nothing_that_is_printed_shows_a_secret()
    {
        CallbackRecord record = new(
            "1", "shop", "https://shop.example", default, [new CallbackSecretEntry(Secret, null)]);

        string printed = $"{record} {record.Secrets[0]} {record.ToEndpoint()} "
            + $"{new CallbackSecretShown(record.ToEndpoint(), Secret)}";

        Assert.DoesNotContain(Secret["whsec_".Length..], printed);
    }
}
