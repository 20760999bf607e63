using System.Text.Json.Serialization;

namespace Waybill.Services.Registry;

/// <summary>A service and one place where it is carried out, as it stands in the site's store.</summary>
internal sealed record RegisteredEndpoint(string Service, Uri Address);

/// <summary>How the registry is kept. Read tolerantly: a newer process may say more.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RegisteredEndpoint))]
internal sealed partial class RegistryJson : JsonSerializerContext;
