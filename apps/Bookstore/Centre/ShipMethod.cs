namespace Bookstore.Centre;

/// <summary>How a parcel is sent.</summary>
public enum ShipMethod
{
    /// <summary>By the post, within the country.</summary>
    Standard = 0,

    /// <summary>By a courier, for the next day.</summary>
    Express = 1,

    /// <summary>Abroad.</summary>
    International = 2,
}
